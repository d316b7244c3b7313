package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordedOperation;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An engine that is closed, in whatever state, leaves no operation pending and owes nothing. */
@Timeout(60)
class EngineEndsTest {

    /** How a connection ends. */
    enum End {
        CLOSE_OUTBOUND,
        CLOSE_INBOUND,
        BOTH,
        FATAL_ALERT,
        GARBAGE
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void inEveryStateOfAHandshakeAndARenegotiation(End end) throws Exception {
        for (Waiting way : Waiting.values()) {
            for (TestIdentity identity : List.of(TestIdentity.P256, TestIdentity.RSA_2048)) {
                int reached = 0;
                while (new Life(way, identity).endsAfter(reached, end)) {
                    reached++;
                }
                assertThat(reached).isGreaterThan(8);
            }
        }
    }

    private static final class Life {

        private static final SSLContext CLIENTS = Engines.clients();

        private final RecordingKey key;
        private final EngineServer server;
        private final LockstepEngine engine;
        private boolean renegotiated;

        Life(Waiting way, TestIdentity identity) throws Exception {
            key = Engines.key(identity, KeyScript.manual());
            TlsServerConfig config = TestServers.builder(key.credential())
                    .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                    .build();
            String suite = identity.isRsa() ? Engines.STATIC_RSA : Engines.ECDSA;
            server = new EngineServer(
                    LockstepContext.of(config, way).engine(), new JdkClient(JdkClient.engine(CLIENTS, suite)));
            engine = server.engine;
        }

        /** Makes so many moves and ends; answers whether there were so many. */
        boolean endsAfter(int moves, End end) throws Exception {
            for (int i = 0; i < moves; i++) {
                if (!move()) {
                    return false;
                }
            }
            ends(end);
            for (RecordedOperation operation : key.operations()) {
                assertThat(operation.isPending()).as(end + " after " + moves).isFalse();
            }
            key.assertDisciplined();
            for (int i = 0; i < 10 && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP; i++) {
                engine.wrap(ByteBuffer.allocate(0), ByteBuffer.allocate(20_000));
            }
            assertThat(engine.getHandshakeStatus()).isIn(HandshakeStatus.NOT_HANDSHAKING, HandshakeStatus.NEED_UNWRAP);
            assertThat(engine.isOutboundDone()).as(end + " after " + moves).isTrue();
            Runnable owed = engine.getDelegatedTask();
            if (owed != null) {
                owed.run();
            }
            assertThat(engine.getDelegatedTask()).isNull();
            return true;
        }

        private boolean move() throws SSLException {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    key.last().complete();
                    engine.getDelegatedTask().run();
                }
                case NEED_WRAP -> server.wraps();
                default -> {
                    if (server.hasInput() && server.unwraps().bytesConsumed() > 0) {
                        return true;
                    } else if (!key.operations().isEmpty() && key.last().isPending()) {
                        key.last().complete();
                    } else if (server.client.isFinished() && !renegotiated) {
                        renegotiated = true;
                        server.client.renegotiates();
                    } else {
                        return false;
                    }
                }
            }
            return true;
        }

        private void ends(End end) {
            try {
                switch (end) {
                    case CLOSE_OUTBOUND -> engine.closeOutbound();
                    case CLOSE_INBOUND -> engine.closeInbound();
                    case BOTH -> {
                        engine.closeOutbound();
                        engine.closeInbound();
                    }
                    case FATAL_ALERT, GARBAGE -> {
                        byte first = (byte) (end == End.GARBAGE ? 99 : 21);
                        ByteBuffer in = ByteBuffer.wrap(new byte[] {first, 3, 3, 0, 2, 2, 40});
                        engine.unwrap(in, ByteBuffer.allocate(1 << 14));
                        engine.closeOutbound();
                        engine.closeInbound();
                    }
                }
            } catch (SSLException e) {
                engine.closeOutbound();
            }
        }
    }
}
