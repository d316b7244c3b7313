package dev.lockstep.jmh.engine;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.peer.PkixVerifier;
import dev.lockstep.tls.provider.CryptoProviders;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Lockstep, its key in the process. */
public final class LockstepEngine implements Engine {
    private static final Duration LIFETIME = Duration.ofHours(1);

    private final TlsServerConfig config;

    LockstepEngine(Scenario scenario, ServerIdentity identity, Resumption resumption, CryptoProviders providers) {
        config = config(scenario, identity, resumption, providers);
    }

    private LockstepEngine(TlsServerConfig config) {
        this.config = config;
    }

    /** One with a configuration of its own. */
    public static Engine of(TlsServerConfig config) {
        return new LockstepEngine(config);
    }

    static TlsServerConfig config(
            Scenario scenario, ServerIdentity identity, Resumption resumption, CryptoProviders providers) {
        TlsServerConfigBuilder builder = builder(scenario, providers)
                .credential(Credential.local(List.of(identity.certificate()), identity.key()));
        switch (resumption) {
            case NONE -> {}
            case BY_ID -> builder.sessionStore(new MemorySessionStore(1000, LIFETIME));
            case BY_TICKET -> builder.tickets(TicketKeyRing.rotating(LIFETIME, LIFETIME));
        }
        if (scenario.hasClientCertificate()) {
            builder.clientAuthentication(
                    ClientAuthentication.required(PkixVerifier.trusting(List.of(ClientIdentity.SAME.authority()))));
        }
        return builder.build();
    }

    /** What does not depend on the key. */
    public static TlsServerConfigBuilder builder(Scenario scenario, CryptoProviders providers) {
        return TlsServerConfig.builder()
                .cipherSuites(List.of(Objects.requireNonNull(CipherSuite.of(scenario.suiteCode()))))
                .groups(scenario.groups().stream().map(LockstepEngine::group).toList())
                .cryptoProviders(providers);
    }

    private static NamedGroup group(int code) {
        return Objects.requireNonNull(NamedGroup.of(code));
    }

    @Override
    public ServerSession accept() {
        return new Session(TlsServerConnection.create(config, waiting -> {}));
    }

    private record Session(TlsServerConnection connection) implements ServerSession {

        @Override
        public void handshake(ByteBuffer netIn, ByteBuffer netOut) throws IOException {
            StepResult result;
            do {
                result = connection.step(netIn, netOut);
            } while (result == StepResult.PROGRESSED);
        }

        @Override
        public boolean isEstablished() {
            return connection.isEstablished();
        }

        @Override
        public void read(ByteBuffer netIn, ByteBuffer appOut) throws IOException {
            StepResult result = connection.read(netIn, appOut);
            if (result != StepResult.PROGRESSED) {
                throw new IOException("no record was opened: " + result);
            }
        }

        @Override
        public void write(ByteBuffer appIn, ByteBuffer netOut) throws IOException {
            StepResult result = connection.write(appIn, netOut);
            if (result != StepResult.ESTABLISHED) {
                throw new IOException("not all was sealed: " + result);
            }
        }
    }
}
