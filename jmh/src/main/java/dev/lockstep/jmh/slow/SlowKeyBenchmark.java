package dev.lockstep.jmh.slow;

import dev.lockstep.jmh.engine.Client;
import dev.lockstep.jmh.engine.Scenario;
import dev.lockstep.jmh.engine.ServerIdentity;
import dev.lockstep.jmh.engine.ServerSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Handshakes with a key of five milliseconds, many in flight on one thread, which does both ends' work. An operation is a
 * handshake completed and another begun.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
public class SlowKeyBenchmark {
    static final Scenario SCENARIO = Scenario.ECDHE_ECDSA_X25519;

    private static final int FLIGHT = 1 << 15;
    private static final int MOST_TURNS = 16;
    private static final byte[] NOTHING = {};
    private static final int STUCK_SECONDS = 20;

    @Param
    public SlowKind kind = SlowKind.LOCKSTEP;

    @Param({"256", "10000"})
    public int inFlight = 256;

    private final LinkedBlockingQueue<Handshake> ready = new LinkedBlockingQueue<>();
    private final ByteBuffer toServer = ByteBuffer.allocate(FLIGHT);
    private final ByteBuffer toClient = ByteBuffer.allocate(FLIGHT);
    private @Nullable SlowServer server;
    private @Nullable Client client;

    private static final class Handshake {
        private final ServerSession client;
        private SlowServer.@Nullable Session server;
        private byte[] unread = NOTHING;
        private boolean done;

        Handshake(ServerSession client) {
            this.client = client;
        }
    }

    @Setup
    public void prepare() throws GeneralSecurityException, IOException {
        server = kind.create(ServerIdentity.create(SCENARIO));
        client = Client.create(SCENARIO);
        for (int i = 0; i < inFlight; i++) {
            begin();
        }
    }

    @TearDown
    public void close() {
        if (server != null) {
            server.close();
        }
    }

    @Benchmark
    public int handshake(WallMeter meter) throws IOException, InterruptedException {
        while (true) {
            Handshake next = next();
            if (!next.done && isCompleted(next)) {
                prepared().turn(false);
                begin();
                meter.count();
                return ready.size();
            }
        }
    }

    private Handshake next() throws IOException, InterruptedException {
        Handshake next = ready.poll();
        long begun = System.nanoTime();
        while (next == null && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(STUCK_SECONDS)) {
            next = prepared().turn(true) ? ready.poll() : ready.poll(STUCK_SECONDS, TimeUnit.SECONDS);
        }
        if (next == null) {
            throw new IOException("no handshake has anything to do");
        }
        return next;
    }

    private SlowServer prepared() {
        if (server == null) {
            throw new IllegalStateException("not prepared");
        }
        return server;
    }

    private void begin() throws IOException {
        if (client == null) {
            throw new IllegalStateException("not prepared");
        }
        Client connector = client;
        Handshake handshake = new Handshake(byClient(connector::connect));
        handshake.server = prepared().accept(() -> ready.add(handshake));
        ready.add(handshake);
    }

    private void turnOfClient(ServerSession connection) throws IOException {
        byClient(() -> {
            connection.handshake(toClient, toServer);
            return connection;
        });
    }

    private static <T> T byClient(Callable<T> work) throws IOException {
        try {
            return ProcessorTime.ofClient(work);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private boolean isCompleted(Handshake handshake) throws IOException {
        SlowServer.Session session = handshake.server;
        if (session == null) {
            throw new IllegalStateException("not begun");
        }
        toServer.clear().put(handshake.unread);
        toClient.clear();
        SlowServer.Turn last = SlowServer.Turn.MORE;
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            toServer.flip();
            if (last != SlowServer.Turn.ESTABLISHED) {
                last = session.step(toServer, toClient);
            }
            toServer.compact();
            toClient.flip();
            turnOfClient(handshake.client);
            toClient.compact();
            if (last == SlowServer.Turn.WAITS) {
                // the buffers are the next handshake's now
                handshake.unread = Arrays.copyOf(toServer.array(), toServer.position());
                if (toClient.position() > 0) {
                    throw new IOException("the client left something unread");
                }
                return false;
            }
            if (last == SlowServer.Turn.ESTABLISHED && handshake.client.isEstablished()) {
                handshake.done = true;
                session.close();
                handshake.client.close();
                return true;
            }
        }
        throw new IOException("the handshake does not come to its end");
    }
}
