package dev.lockstep.tls.internal.handshake.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.internal.handshake.Hellos;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.HandshakeOutput;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a handshake leaves to later ones: a ticket, or a session in a store, and no secret but in these. */
class SessionKeepingTest {

    private static final int HEADER = 4;
    private static final int LIFETIME = 4;
    private static final Instant NOW = Instant.ofEpochSecond(1_000_000);

    private final List<byte[]> sent = new ArrayList<>();
    private final List<ResumableSession> seen = new ArrayList<>();

    /** Makes tickets of one length. */
    private final class Sealing implements TicketProtector {
        private final int length;

        Sealing(int length) {
            this.length = length;
        }

        @Override
        public byte[] seal(ResumableSession session) {
            seen.add(session);
            return new byte[length];
        }

        @Override
        public Start<Optional<OpenedTicket>> start(TicketOpening opening, Waker waker) {
            return Start.fallThrough();
        }
    }

    private final class Store implements SessionStore {
        @Override
        public Start<Optional<ResumableSession>> start(SessionLookup lookup, Waker waker) {
            return Start.fallThrough();
        }

        @Override
        public void put(SessionId id, ResumableSession session) {
            seen.add(session);
            assertThat(session.masterSecret()).isEqualTo(secret());
        }

        @Override
        public void remove(SessionId id) {}
    }

    private static byte[] secret() {
        byte[] secret = new byte[ResumableSession.MASTER_SECRET_LENGTH];
        secret[0] = 1;
        return secret;
    }

    private Handshake finished(TlsServerConfigBuilder builder, long ageSeconds) {
        TlsServerConfig config = builder.preSharedKeys((request, waker) -> Start.fallThrough())
                .wallClock(Clock.fixed(NOW, ZoneOffset.UTC))
                .build();
        HandshakeOutput output = (HandshakeOutput) Proxy.newProxyInstance(
                HandshakeOutput.class.getClassLoader(),
                new Class<?>[] {HandshakeOutput.class},
                (proxy, method, args) -> {
                    sent.add((byte[]) args[0]);
                    return null;
                });
        Handshake handshake = new Handshake(config, output, new History(config));
        Agreement.Builder agreement =
                new Agreement.Builder(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256, Hellos.ZEROS, Hellos.ZEROS);
        agreement.newSession = new SessionId(new byte[] {1, 2, 3});
        agreement.sessionCreatedAt = NOW.minusSeconds(ageSeconds);
        handshake.agreement.set(agreement.build());
        handshake.keys.master.set(MasterSecret.restore(HashAlgorithm.SHA256, secret()));
        return handshake;
    }

    private static int number(byte[] message, int at, int length) {
        int number = 0;
        for (int i = 0; i < length; i++) {
            number = number << 8 | (message[at + i] & 0xff);
        }
        return number;
    }

    /** RFC 5077 3.3: opaque ticket&lt;0..2^16-1&gt;; "a zero-length ticket" where there is none after all. */
    @ParameterizedTest
    @CsvSource({"1, 1", "65535, 65535", "65536, 0", "0, 0"})
    void aTicketIsSentIfTheMessageHasRoomForIt(int made, int length) {
        SessionKeeping.sendTicket(finished(TlsServerConfig.builder().tickets(new Sealing(made)), 0));
        byte[] message = sent.get(0);
        assertThat(number(message, HEADER + LIFETIME, 2)).isEqualTo(length);
        assertThat(message).hasSize(HEADER + LIFETIME + 2 + length);
        assertThat(number(message, HEADER, LIFETIME) > 0).isEqualTo(length > 0);
        assertThatIllegalStateException().as("destroyed").isThrownBy(() -> seen.get(0)
                .masterSecret());
    }

    /** A resumption does not make a session younger. */
    @ParameterizedTest
    @CsvSource({"0, 0", "100, 100", "-5, 0"})
    void theLifetimeIsWhatIsLeftOfTheSessions(long ageSeconds, int less) {
        Handshake handshake = finished(TlsServerConfig.builder().tickets(new Sealing(10)), ageSeconds);
        SessionKeeping.sendTicket(handshake);
        assertThat((long) number(sent.get(0), HEADER, LIFETIME))
                .isEqualTo(handshake.config.sessionLifetimeSeconds() - less);
    }

    @Test
    void aSessionIsAlmostOverForASecondAtLeast() {
        SessionKeeping.sendTicket(finished(TlsServerConfig.builder().tickets(new Sealing(10)), 10_000_000));
        assertThat(number(sent.get(0), HEADER, LIFETIME)).isEqualTo(1);
    }

    @Test
    void aStoreIsGivenASessionThatLastsAsLongAsTheCall() {
        Handshake handshake = finished(TlsServerConfig.builder().sessionStore(new Store()), 0);
        SessionKeeping.keep(handshake);
        assertThat(handshake.storedSession.get()).isEqualTo(new SessionId(new byte[] {1, 2, 3}));
        assertThat(seen).hasSize(1);
        assertThatIllegalStateException().as("destroyed").isThrownBy(() -> seen.get(0)
                .masterSecret());
    }
}
