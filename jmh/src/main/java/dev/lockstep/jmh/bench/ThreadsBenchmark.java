package dev.lockstep.jmh.bench;

import com.sun.management.ThreadMXBean;
import dev.lockstep.jmh.engine.Client;
import dev.lockstep.jmh.engine.Connection;
import dev.lockstep.jmh.engine.Engine;
import dev.lockstep.jmh.engine.EngineKind;
import dev.lockstep.jmh.engine.Resumption;
import dev.lockstep.jmh.engine.Scenario;
import dev.lockstep.jmh.engine.ServerIdentity;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Handshakes on several threads with one configuration: they share its key, its session cache and its ticket keys. Each has
 * both ends of its connections, as a loop has both directions of its own, so that a thread waits for nothing but what they share.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
public class ThreadsBenchmark {
    private static final Scenario SCENARIO = Scenario.ECDHE_ECDSA_X25519;

    /** So many that waiting for the slowest thread counts little. */
    private static final int HANDSHAKES = 1000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Param("LOCKSTEP")
    public EngineKind engine = EngineKind.LOCKSTEP;

    @Param
    public Resumption resumption = Resumption.NONE;

    @Param({"1", "2"})
    public int threads = 1;

    private final List<Visitor> visitors = new ArrayList<>();
    private ExecutorService workers;

    /** One thread's part of an operation; answers the bytes that it allocated. */
    private record Visitor(Engine server, Client client, Connection.Wire wire, boolean returns)
            implements Callable<Long> {

        @Override
        public Long call() throws IOException {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < HANDSHAKES; i++) {
                visit();
                if (wire.wasResumed() != returns) {
                    throw new IOException(returns ? "a full handshake instead of a resumed one" : "resumed");
                }
            }
            return THREADS.getCurrentThreadAllocatedBytes() - before;
        }

        void visit() throws IOException {
            Connection.handshake(server, client, wire, RecordSubject.NONE).close();
        }
    }

    @Setup
    public void prepare() throws GeneralSecurityException, IOException {
        Engine server = engine.create(SCENARIO, ServerIdentity.create(SCENARIO), resumption);
        boolean returns = resumption != Resumption.NONE;
        for (int i = 0; i < threads; i++) {
            Client client = returns ? Client.returning(SCENARIO) : Client.create(SCENARIO);
            Visitor visitor = new Visitor(server, client, new Connection.Wire(), returns);
            visitor.visit();
            visitors.add(visitor);
        }
        workers = Executors.newFixedThreadPool(threads);
    }

    @TearDown
    public void close() {
        workers.shutdown();
    }

    @Benchmark
    public long handshakes(Meter meter) throws InterruptedException, ExecutionException {
        long begun = System.nanoTime();
        long bytes = 0;
        for (Future<Long> done : workers.invokeAll(visitors)) {
            bytes += done.get();
        }
        double handshakes = (double) threads * HANDSHAKES;
        meter.sample((System.nanoTime() - begun) / handshakes, bytes / handshakes);
        return bytes;
    }
}
