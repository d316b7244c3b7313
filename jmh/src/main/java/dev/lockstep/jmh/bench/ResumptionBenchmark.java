package dev.lockstep.jmh.bench;

import dev.lockstep.jmh.engine.Client;
import dev.lockstep.jmh.engine.Connection;
import dev.lockstep.jmh.engine.Engine;
import dev.lockstep.jmh.engine.EngineKind;
import dev.lockstep.jmh.engine.Resumption;
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

/** Abbreviated handshakes (RFC 5246 section 7.3), one after the other, each with the session of the one before. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
public class ResumptionBenchmark {
    private static final Scenario SCENARIO = Scenario.ECDHE_ECDSA_X25519;

    @Param
    public EngineKind engine = EngineKind.LOCKSTEP;

    @Param({"BY_ID", "BY_TICKET"})
    public Resumption resumption = Resumption.BY_ID;

    private final Connection.Wire wire = new Connection.Wire();
    private Engine server;
    private Client client;

    @Setup
    public void prepare() throws GeneralSecurityException, IOException {
        server = engine.create(SCENARIO, ServerIdentity.create(SCENARIO), resumption);
        client = Client.returning(SCENARIO);
        Connection.handshake(server, client, wire, RecordSubject.NONE).close();
    }

    @Benchmark
    public boolean resume(Meter meter) throws IOException {
        try (Connection connection = Connection.handshake(server, client, wire, meter)) {
            if (!wire.wasResumed()) {
                throw new IOException("a full handshake instead of a resumed one");
            }
            meter.sample(1);
            return connection.server().isEstablished();
        }
    }
}
