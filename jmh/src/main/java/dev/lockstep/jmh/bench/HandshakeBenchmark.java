package dev.lockstep.jmh.bench;

import dev.lockstep.jmh.engine.Client;
import dev.lockstep.jmh.engine.Connection;
import dev.lockstep.jmh.engine.Engine;
import dev.lockstep.jmh.engine.EngineKind;
import dev.lockstep.jmh.engine.Scenario;
import dev.lockstep.jmh.engine.ServerIdentity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Full handshakes, one after the other. The meter has the server's share; JMH's own score has the client's in it too. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
public class HandshakeBenchmark {

    @Param
    public EngineKind engine = EngineKind.LOCKSTEP;

    @Param({"ECDHE_ECDSA_X25519", "ECDHE_ECDSA_P256", "ECDHE_RSA_X25519", "ECDHE_RSA_P256", "CLIENT_CERTIFICATE"})
    public Scenario scenario = Scenario.ECDHE_ECDSA_X25519;

    private final Connection.Wire wire = new Connection.Wire();
    private Engine server;
    private Client client;

    @Setup
    public void prepare() throws GeneralSecurityException {
        server = engine.create(scenario, ServerIdentity.create(scenario));
        client = Client.create(scenario);
    }

    @Benchmark
    public boolean handshake(Meter meter) throws IOException {
        try (Connection connection = Connection.handshake(server, client, wire, meter)) {
            meter.sample(1);
            return connection.server().isEstablished();
        }
    }
}
