package dev.lockstep.jmh.growth;

import dev.lockstep.jmh.engine.Client;
import dev.lockstep.jmh.engine.Connection;
import dev.lockstep.jmh.engine.Engine;
import dev.lockstep.jmh.engine.ServerSession;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/** Connections that were established and are kept while nothing happens on them. */
final class IdleConnections {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 20_000;
    private static final int COLLECTIONS = 3;

    private final List<ServerSession> connections;
    private final double bytes;
    private final double nanos;

    private IdleConnections(List<ServerSession> connections, double bytes, double nanos) {
        this.connections = connections;
        this.bytes = bytes;
        this.nanos = nanos;
    }

    static IdleConnections of(Engine server, Client client, int count) throws IOException {
        Connection.Wire wire = new Connection.Wire();
        Clock clock = new Clock();
        for (int i = 0; i < WARM_UP; i++) {
            Connection.handshake(server, client, wire, clock).close();
        }
        List<ServerSession> kept = new ArrayList<>(count);
        long before = usedHeap();
        clock.nanos = 0;
        for (int i = 0; i < count; i++) {
            Connection connection = Connection.handshake(server, client, wire, clock);
            connection.client().close();
            kept.add(connection.server());
        }
        return new IdleConnections(kept, (double) (usedHeap() - before) / count, (double) clock.nanos / count);
    }

    double bytesOfAConnection() {
        return connections.isEmpty() ? Double.NaN : bytes;
    }

    double nanosOfAHandshake() {
        return nanos;
    }

    private static long usedHeap() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static final class Clock implements Connection.Watch {
        private long nanos;
        private long started;

        @Override
        public void start() {
            started = THREADS.getCurrentThreadCpuTime();
        }

        @Override
        public void stop() {
            nanos += THREADS.getCurrentThreadCpuTime() - started;
        }
    }
}
