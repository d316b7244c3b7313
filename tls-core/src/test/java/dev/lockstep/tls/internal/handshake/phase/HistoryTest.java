package dev.lockstep.tls.internal.handshake.phase;

import static dev.lockstep.tls.internal.Refusals.assertAlert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.RenegotiationPolicy.LegacyClients;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Start;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the handshakes of a connection leave to the next one, and whether there may be one. */
class HistoryTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private long now = Long.MAX_VALUE - 1; // across the wrap-around of nanoTime

    private History history(RenegotiationPolicy policy) {
        return new History(TlsServerConfig.builder()
                .preSharedKeys((request, waker) -> Start.fallThrough())
                .clock(() -> now)
                .renegotiation(policy)
                .build());
    }

    /** A handshake with a client that knows RFC 5746, or does not. */
    private static Established handshake(boolean secure, boolean encryptThenMac, MasterSecret secret, SessionId id) {
        HelloRandom zeros = new HelloRandom(new byte[HelloRandom.LENGTH]);
        Agreement.Builder agreement =
                new Agreement.Builder(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, zeros, zeros);
        agreement.secureRenegotiation = secure;
        agreement.encryptThenMac = encryptThenMac;
        return new Established(agreement.build(), List.of(), null, new byte[12], new byte[12], secret, id);
    }

    @Test
    void theFirstHandshakeFollowsNone() {
        History history = history(RenegotiationPolicy.ALLOWED);
        assertThat(history.previous()).isNull();
        assertThat(history.completed()).isZero();
        assertThat(history.sessions()).isEmpty();
        assertThat(history.hadEncryptThenMac()).isFalse();
        assertThat(history.heldBytes()).isZero();
        now += 2 * SECOND;
        assertThat(history.allowsRenegotiation()).isFalse();
    }

    @Test
    void handshakesAreCountedAndTheirSessionsCollected() {
        History history = history(RenegotiationPolicy.ALLOWED);
        Established first = handshake(true, true, null, new SessionId(new byte[] {1}));
        history.establish(first);
        assertThat(history.previous()).isSameAs(first);
        assertThat(history.completed()).isEqualTo(1);
        history.establish(handshake(true, false, null, null));
        Established third = handshake(true, false, null, new SessionId(new byte[] {2}));
        history.establish(third);
        assertThat(history.previous()).isSameAs(third);
        assertThat(history.completed()).isEqualTo(3);
        assertThat(history.sessions())
                .containsExactlyInAnyOrder(new SessionId(new byte[] {1}), new SessionId(new byte[] {2}));
        assertThat(history.hadEncryptThenMac())
                .as("once had, though not in the last one")
                .isTrue();
        assertThat(history.heldBytes()).isZero();
    }

    @Test
    void theCertificatesOfTheLastHandshakeCount() {
        History history = history(RenegotiationPolicy.ALLOWED);
        Established none = handshake(true, false, null, null);
        history.establish(none);
        assertThat(history.heldBytes()).isZero();
        List<X509Certificate> two = Arrays.asList(null, null);
        history.establish(new Established(none.agreement(), two, null, new byte[12], new byte[12], null, null));
        assertThat(history.heldBytes()).isEqualTo(2 * Client.AVERAGE_CERTIFICATE);
    }

    @Test
    void anExporterSecretLastsUntilTheNextHandshake() {
        History history = history(RenegotiationPolicy.ALLOWED);
        byte[] first = secret();
        byte[] second = secret();
        history.establish(handshake(true, false, MasterSecret.restore(HashAlgorithm.SHA256, first), null));
        assertThat(first).doesNotContain(0);
        history.establish(handshake(true, false, MasterSecret.restore(HashAlgorithm.SHA256, second), null));
        assertThat(first).containsOnly(0);
        assertThat(second).doesNotContain(0);
        history.wipe();
        assertThat(second).containsOnly(0);
    }

    private static byte[] secret() {
        byte[] secret = new byte[48];
        Arrays.fill(secret, (byte) 7);
        return secret;
    }

    @Test
    void handshakesBeginNoMoreOftenThanTheIntervalAllows() {
        History history = history(RenegotiationPolicy.ALLOWED);
        history.establish(handshake(true, false, null, null));
        for (int handshake = 0; handshake < 3; handshake++) {
            assertThat(history.allowsRenegotiation()).isFalse();
            now += SECOND - 1;
            assertThat(history.allowsRenegotiation()).isFalse();
            now++;
            assertThat(history.allowsRenegotiation()).isTrue();
            history.begin();
        }
    }

    @Test
    void handshakesBeginNoMoreOftenThanTheirNumberAllows() {
        History history =
                history(RenegotiationPolicy.ALLOWED.withMaxRenegotiations(2).withMinInterval(Duration.ZERO));
        history.establish(handshake(true, false, null, null));
        assertThat(history.allowsRenegotiation()).isTrue();
        history.begin();
        assertThat(history.allowsRenegotiation()).isTrue();
        history.begin();
        assertThat(history.allowsRenegotiation()).isFalse();
    }

    @Test
    void aClientOfTheLegacyRenegotiationGetsNoneUnlessThePolicySaysSo() {
        RenegotiationPolicy policy = RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO);
        for (LegacyClients clients : LegacyClients.values()) {
            History history = history(policy.withLegacyClients(clients));
            history.establish(handshake(false, false, null, null));
            assertThat(history.allowsRenegotiation()).isEqualTo(clients == LegacyClients.RENEGOTIATE_UNBOUND);
            history.establish(handshake(true, false, null, null));
            assertThat(history.allowsRenegotiation()).isTrue();
        }
    }

    @Test
    void fourRefusedHandshakesAreBorneAndNoMore() {
        History history = history(RenegotiationPolicy.REFUSED);
        for (int refusals = 0; refusals < 4; refusals++) {
            history.refuse();
        }
        assertAlert(AlertDescription.UNEXPECTED_MESSAGE, history::refuse);
    }
}
