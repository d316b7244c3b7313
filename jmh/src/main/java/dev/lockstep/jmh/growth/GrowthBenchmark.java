package dev.lockstep.jmh.growth;

import dev.lockstep.jmh.bench.Meter;
import dev.lockstep.jmh.engine.Client;
import dev.lockstep.jmh.engine.Connection;
import dev.lockstep.jmh.engine.Engine;
import dev.lockstep.jmh.engine.LockstepEngine;
import dev.lockstep.jmh.engine.Scenario;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The cost of one of them, when there are many. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
public class GrowthBenchmark {

    @Param
    public Growing growing = Growing.NAMES;

    @Param("1")
    public int count = 1;

    private final Connection.Wire wire = new Connection.Wire();
    private TlsServerConfigBuilder builder;
    private Engine server;
    private Client client;
    private IdleConnections idle;

    @Setup
    public void prepare() throws GeneralSecurityException, IOException {
        Scenario scenario = growing == Growing.AUTHORITIES ? Scenario.CLIENT_CERTIFICATE : Scenario.ECDHE_ECDSA_X25519;
        client = Client.create(scenario);
        builder = Many.of(growing, count);
        server = LockstepEngine.of(builder.build());
        if (growing == Growing.IDLE) {
            idle = IdleConnections.of(server, client, count);
        }
    }

    @Benchmark
    public Object cost(Meter meter) throws IOException {
        switch (growing) {
            case NAMES -> {
                meter.start();
                Object config = builder.build();
                meter.stop();
                meter.sample(count);
                return config;
            }
            case IDLE -> {
                meter.sample(idle.nanosOfAHandshake(), idle.bytesOfAConnection());
                LockSupport.parkNanos(
                        TimeUnit.MILLISECONDS.toNanos(1)); // it is known already: samples would fill the heap
                return idle;
            }
            default -> {
                try (Connection connection = Connection.handshake(server, client, wire, meter)) {
                    meter.sample(1);
                    return connection;
                }
            }
        }
    }
}
