package dev.lockstep.tls.internal.handshake.phase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.message.ClientKeyExchange;
import dev.lockstep.tls.internal.message.EcdheClientKeyExchange;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.internal.secrets.PremasterSecret;
import dev.lockstep.tls.internal.secrets.PskPremaster;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.wait.Start;
import org.junit.jupiter.api.Test;

/** What the premaster secret is made of, and that every part of it is cleared. */
class KeyAgreementTest {

    private static final byte[] RANDOM = new byte[HelloRandom.LENGTH];

    private final KeyAgreement keys = new KeyAgreement();
    private final byte[] shared = {1, 2, 3};
    private final byte[] psk = {4, 5};

    private static Agreement agreement(CipherSuite suite) {
        return new Agreement.Builder(suite, new HelloRandom(RANDOM), new HelloRandom(RANDOM)).build();
    }

    /** The master secret stands for what it is derived from. */
    private static byte[] master(PremasterSecret premaster) {
        return MasterSecret.derive(HashAlgorithm.SHA256, premaster, RANDOM, RANDOM)
                .copyOfBytes();
    }

    @Test
    void withoutAPreSharedKeyTheSharedSecretIsThePremasterSecret() {
        keys.shared.set(shared.clone());
        PremasterSecret premaster = keys.takePremaster(agreement(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256));
        assertThat(master(premaster)).isEqualTo(master(new PremasterSecret(shared)));
        assertThat(keys.shared.isSet()).isFalse();
    }

    /** RFC 4279 2. */
    @Test
    void aPreSharedKeyStandsAloneInItsOwnExchange() {
        byte[] key = psk.clone();
        keys.psk.set(key);
        PremasterSecret premaster = keys.takePremaster(agreement(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256));
        assertThat(master(premaster)).isEqualTo(master(PskPremaster.plain(psk)));
        assertThat(keys.psk.isSet()).isFalse();
        assertThat(key).as("wiped").containsOnly(0);
    }

    /** RFC 4279 3 and 4, RFC 5489 2. */
    @Test
    void aPreSharedKeyFollowsWhatElseWasAgreedOn() {
        for (CipherSuite suite : new CipherSuite[] {
            CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256,
            CipherSuite.TLS_DHE_PSK_WITH_AES_128_GCM_SHA256,
            CipherSuite.TLS_RSA_PSK_WITH_AES_128_GCM_SHA256
        }) {
            byte[] secret = shared.clone();
            byte[] key = psk.clone();
            keys.shared.set(secret);
            keys.psk.set(key);
            PremasterSecret premaster = keys.takePremaster(agreement(suite));
            assertThat(master(premaster))
                    .isEqualTo(master(PskPremaster.combined(new PremasterSecret(shared.clone()), psk)));
            assertThat(secret).as("wiped").containsOnly(0);
            assertThat(key).as("wiped").containsOnly(0);
        }
    }

    @Test
    void theNextStandInWipesTheOneBefore() {
        byte[] first = {1};
        byte[] second = {2};
        keys.standIn(first);
        keys.standIn(second);
        assertThat(first).containsOnly(0);
        assertThat(keys.takeStandIn()).isSameAs(second).containsExactly(2);
    }

    @Test
    void aStandInServesOnce() {
        keys.standIn(new byte[] {1});
        keys.takeStandIn();
        assertThatIllegalStateException().isThrownBy(keys::takeStandIn);
        assertThat(keys.holdsSecrets()).isFalse();
    }

    @Test
    void everyKindOfSecretIsHeldUntilItIsWiped() {
        assertHeldUntilWiped(() -> keys.standIn(new byte[] {1}));
        assertHeldUntilWiped(() -> keys.psk.set(psk));
        assertHeldUntilWiped(() -> keys.shared.set(shared));
        byte[] secret = new byte[48];
        secret[0] = 1;
        assertHeldUntilWiped(() -> keys.master.set(MasterSecret.restore(HashAlgorithm.SHA256, secret)));
        TlsServerConfig config = TlsServerConfig.builder()
                .preSharedKeys((request, waker) -> Start.fallThrough())
                .build();
        KeyShare share = KeyShare.generate(NamedGroup.SECP256R1, config);
        assertHeldUntilWiped(() -> keys.share.set(share));
        ClientKeyExchange some = new EcdheClientKeyExchange(new byte[1]);
        assertThatIllegalStateException().as("destroyed").isThrownBy(() -> share.agree(some));
        keys.clientShare.set(some);
        keys.wipe();
        assertThat(keys.clientShare.isSet()).isFalse();
        assertThat(psk).containsOnly(0);
        assertThat(shared).containsOnly(0);
        assertThat(secret).containsOnly(0);
    }

    /** A client knows what is empty as well as what is zero. */
    @Test
    void aStandInThatWasNotDrawnIsNone() {
        assertThatIllegalStateException().isThrownBy(keys::takeStandIn);
        keys.standIn(new byte[] {1});
        keys.wipe();
        assertThatIllegalStateException().isThrownBy(keys::takeStandIn);
    }

    private void assertHeldUntilWiped(Runnable sets) {
        assertThat(keys.holdsSecrets()).isFalse();
        sets.run();
        assertThat(keys.holdsSecrets()).isTrue();
        keys.wipe();
        assertThat(keys.holdsSecrets()).isFalse();
    }

    @Test
    void anEphemeralKeyServesOnce() {
        TlsServerConfig config = TlsServerConfig.builder()
                .preSharedKeys((request, waker) -> Start.fallThrough())
                .build();
        KeyShare share = KeyShare.generate(NamedGroup.SECP256R1, config);
        keys.share.set(share);
        assertThat(keys.takeShare()).isSameAs(share);
        assertThatIllegalStateException().isThrownBy(keys::takeShare);
    }
}
