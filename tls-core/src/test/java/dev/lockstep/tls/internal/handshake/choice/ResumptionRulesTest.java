package dev.lockstep.tls.internal.handshake.choice;

import static dev.lockstep.tls.internal.Refusals.assertAlert;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.extension.EncryptThenMac;
import dev.lockstep.tls.internal.extension.ExtendedMasterSecret;
import dev.lockstep.tls.internal.extension.Extension;
import dev.lockstep.tls.internal.extension.ServerName;
import dev.lockstep.tls.internal.handshake.Hellos;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.ResumableSessionBuilder;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which sessions may be resumed, decided without a conversation; those with a client's certificate have theirs elsewhere. */
class ResumptionRulesTest {

    private static final long NOW = 1_800_000_000L;
    private static final int LIFETIME = 3600;

    private final TlsServerConfig config = config(new byte[] {1});
    private final CipherSuite suite = config.cipherSuites().get(0);
    private final List<Extension> extensions = new ArrayList<>(List.of(new ExtendedMasterSecret()));
    private int offeredSuite = suite.code();

    private static TlsServerConfig config(byte[] context) {
        return TlsServerConfig.builder()
                .preSharedKeys((request, waker) -> Start.fallThrough())
                .wallClock(() -> Instant.ofEpochSecond(NOW))
                .sessionLifetime(Duration.ofSeconds(LIFETIME))
                .sessionContext(context)
                .build();
    }

    private ResumableSessionBuilder session(CipherSuite of, long createdAt) {
        return ResumableSession.builder(of, new byte[48], createdAt)
                .extendedMasterSecret(true)
                .context(SessionBinding.of(config, null));
    }

    private ResumableSessionBuilder session() {
        return session(suite, NOW - 10);
    }

    private boolean permits(ResumableSessionBuilder session, boolean byId) {
        return permits(session.build(), byId);
    }

    private boolean permits(ResumableSession session, boolean byId) {
        ClientHello hello =
                Hellos.offering(new int[] {0x1a1a, offeredSuite}, new byte[] {1}, extensions.toArray(Extension[]::new));
        return ResumptionRules.permit(config, new Offer(config, hello, 100), session, byId);
    }

    private boolean permits(ResumableSessionBuilder session) {
        ResumableSession built = session.build();
        boolean permitted = permits(built, true);
        assertThat(permits(built, false)).as("by a ticket").isEqualTo(permitted);
        return permitted;
    }

    @Test
    void aSessionOfThisServerIsResumed() {
        assertThat(permits(session())).isTrue();
    }

    /** Up to a minute of its age may be the difference of two clocks. */
    @ParameterizedTest
    @CsvSource({"-61, false", "-60, true", "0, true", "3599, true", "3600, false", "1000000, false"})
    void aSessionLastsForItsLifetime(long age, boolean permitted) {
        assertThat(permits(session(suite, NOW - age))).isEqualTo(permitted);
    }

    @Test
    void aSessionIsBoundToItsServerName() {
        assertThat(permits(session().serverName("a.example"))).isFalse();
        extensions.add(new ServerName("A.example"));
        assertThat(permits(session().serverName("a.example"))).isTrue();
        assertThat(permits(session().serverName("b.example"))).isFalse();
        assertThat(permits(session())).isFalse();
    }

    @Test
    void aSessionIsBoundToItsContext() {
        assertThat(permits(session().context(SessionBinding.of(config(new byte[] {2}), null))))
                .isFalse();
        assertThat(permits(session().context(new byte[0]))).isFalse();
    }

    /** RFC 7627 5.3. */
    @Test
    void theExtendedMasterSecretStaysAsItWas() {
        assertThat(permits(session().extendedMasterSecret(false))).isFalse();
        extensions.clear();
        assertThat(permits(session().extendedMasterSecret(false))).isTrue();
        for (boolean byId : new boolean[] {true, false}) {
            assertAlert(AlertDescription.HANDSHAKE_FAILURE, () -> permits(session(), byId));
        }
    }

    /** RFC 5246 7.4.1.2-3, which is made for ids. */
    @Test
    void aSuiteThatIsNotOfferedIsAnErrorWithAnIdAlone() {
        offeredSuite = 0x1302;
        assertThat(permits(session(), false)).isFalse();
        assertAlert(AlertDescription.ILLEGAL_PARAMETER, () -> permits(session(), true));
    }

    @Test
    void aSuiteThatIsNotEnabledIsNotResumed() {
        CipherSuite disabled = CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA;
        assertThat(config.cipherSuites()).doesNotContain(disabled);
        offeredSuite = disabled.code();
        assertThat(permits(session(disabled, NOW))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void encryptThenMacIsNotTakenFromASession(boolean had) {
        assertThat(permits(session().encryptThenMac(had))).isEqualTo(!had);
        extensions.add(new EncryptThenMac());
        assertThat(permits(session().encryptThenMac(had))).isTrue();
    }
}
