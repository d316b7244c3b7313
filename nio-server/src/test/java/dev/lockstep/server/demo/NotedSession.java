package dev.lockstep.server.demo;

import dev.lockstep.nio.Duplex;
import dev.lockstep.nio.LoopCounters;
import dev.lockstep.nio.Session;
import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.wait.Suspension;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A session that notes what is asked of it; what it is to execute waits until {@link #runTasks}. */
final class NotedSession implements Session {

    final List<String> sent = new ArrayList<>();
    final List<Runnable> tasks = new ArrayList<>();
    boolean closed;
    boolean aborted;

    void runTasks() {
        List<Runnable> due = List.copyOf(tasks);
        tasks.clear();
        due.forEach(Runnable::run);
    }

    @Override
    public void send(ByteBuffer data) {
        sent.add(StandardCharsets.UTF_8.decode(data).toString());
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void abort() {
        aborted = true;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public long id() {
        return 7;
    }

    @Override
    public SocketAddress remoteAddress() {
        return null;
    }

    @Override
    public boolean hasUnsent() {
        return false;
    }

    @Override
    public Duplex duplex() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void shutdownOutput() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ConnectionInfo info() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long bytesReceived() {
        return 0;
    }

    @Override
    public long bytesSent() {
        return 0;
    }

    @Override
    public Suspension suspension() {
        return null;
    }

    @Override
    public long turns() {
        return 0;
    }

    @Override
    public LoopCounters counters() {
        throw new UnsupportedOperationException();
    }
}
