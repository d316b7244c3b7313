package dev.lockstep.crypto.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.TestKeys;
import dev.lockstep.crypto.TestProviders;
import dev.lockstep.crypto.group.EphemeralKey;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.InvalidPublicValueException;
import dev.lockstep.crypto.signature.LocalSigner;
import dev.lockstep.crypto.signature.SignatureAlgorithm;
import dev.lockstep.crypto.signature.SignatureVerifier;
import dev.lockstep.crypto.source.Primitive;
import dev.lockstep.crypto.source.PrimitiveSources;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProviderSelectionTest {
    private static final Provider CONSCRYPT = TestProviders.CONSCRYPT.provider();
    private static final Provider ACCP = TestProviders.ACCP.provider();
    private static final byte[] MESSAGE = {1, 2, 3};

    private final SecureRandom random = new SecureRandom();

    @Test
    void withoutProvidersJavaComputesEverything() throws Exception {
        ProviderSelection none = ProviderSelection.of(List.of());
        assertThat(none.sources()).isEqualTo(PrimitiveSources.JAVA);
        assertThat(none.table())
                .hasSize(Primitive.values().length)
                .contains("X25519: bcprov", "RSA signatures: JDK", "ChaCha20-Poly1305: JDK");
    }

    @Test
    void ofTwoTheFasterOneComputesInWhateverOrderTheyCome() throws Exception {
        PrimitiveSources one = ProviderSelection.of(List.of(CONSCRYPT, ACCP)).sources();
        PrimitiveSources other = ProviderSelection.of(List.of(ACCP, CONSCRYPT)).sources();
        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(one.of(Primitive.X25519)).isSameAs(CONSCRYPT);
        assertThat(one.of(Primitive.RSA_SIGN)).isSameAs(ACCP);
        assertThat(one.of(Primitive.RSA_DECRYPT)).isSameAs(ACCP);
        assertThat(one.of(Primitive.ECDSA_SIGN_P256)).isSameAs(ACCP);
    }

    @Test
    void aloneEachComputesAllThatItOffers() throws Exception {
        PrimitiveSources conscrypt = ProviderSelection.of(List.of(CONSCRYPT)).sources();
        for (Primitive primitive : Primitive.values()) {
            assertThat(conscrypt.of(primitive))
                    .as(primitive.label())
                    .isSameAs(primitive.isFasterInJava("Conscrypt") ? null : CONSCRYPT);
        }
        ProviderSelection accp = ProviderSelection.of(List.of(ACCP));
        for (Primitive primitive : Primitive.values()) {
            boolean absent = primitive == Primitive.X25519 || primitive == Primitive.CHACHA20_POLY1305;
            assertThat(accp.sources().of(primitive)).as(primitive.label()).isSameAs(absent ? null : ACCP);
        }
        assertThat(accp.table())
                .contains(
                        "X25519: bcprov (AmazonCorrettoCryptoProvider: not offered, or in another form)",
                        "RSA decryption: AmazonCorrettoCryptoProvider");
    }

    @Test
    void aProviderThatTheTableDoesNotNameComesAfterThoseThatItNames() throws Exception {
        PrimitiveSources sources =
                ProviderSelection.of(List.of(TestKeys.BC, ACCP)).sources();
        assertThat(sources.of(Primitive.X25519)).isSameAs(TestKeys.BC);
        assertThat(sources.of(Primitive.ECDH_P256)).isSameAs(ACCP);
    }

    @Test
    void aProviderThatHasNothingOfItIsRefused() {
        Provider sun = Security.getProvider("SUN");
        assertThatThrownBy(() -> ProviderSelection.of(List.of(CONSCRYPT, sun)))
                .isInstanceOf(UnfitProviderException.class)
                .hasMessage("nothing can be taken from SUN");
    }

    @Test
    void aProviderThatComputesWronglyIsRefused() {
        BrokenProvider broken = new BrokenProvider();
        broken.wrong = true;
        assertThatThrownBy(() -> ProviderSelection.of(List.of(broken)))
                .isInstanceOf(UnfitProviderException.class)
                .hasMessage("Broken computes X25519 wrongly: the secrets differ");
        broken.wrong = false;
        broken.credulous = true;
        assertThatThrownBy(() -> ProviderSelection.of(List.of(broken)))
                .isInstanceOf(UnfitProviderException.class)
                .hasMessage(
                        "Broken computes ECDSA verification on P-256 wrongly: a signature verifies another message");
    }

    @Test
    void aPrimitiveThatFailsIsNotTaken() throws Exception {
        BrokenProvider broken = new BrokenProvider();
        broken.failing = true;
        assertThatThrownBy(() -> ProviderSelection.of(List.of(broken))).hasMessage("nothing can be taken from Broken");
        PrimitiveSources sources =
                ProviderSelection.of(List.of(new BrokenProvider())).sources();
        assertThat(sources.of(Primitive.X25519)).isNotNull();
        assertThat(sources.of(Primitive.ECDSA_SIGN_P256)).isNotNull();
        assertThat(sources.of(Primitive.RSA_SIGN)).isNull();
    }

    @Test
    void aKeyThatAProviderFailsWithIsComputedWithInJava() throws Exception {
        BrokenProvider broken = new BrokenProvider();
        PrimitiveSources sources = ProviderSelection.of(List.of(broken)).sources();
        LocalSigner signer = LocalSigner.of(TestKeys.P256.getPrivate(), random, sources);
        SignatureVerifier verifier = SignatureVerifier.of(TestKeys.P256.getPublic(), sources);
        SignatureVerifier java = SignatureVerifier.of(TestKeys.P256.getPublic());
        byte[] before = signer.sign(SignatureAlgorithm.ECDSA_SHA256, MESSAGE);
        assertThat(signer.provider()).isSameAs(broken);
        assertThat(verifier.verify(SignatureAlgorithm.ECDSA_SHA256, MESSAGE, before))
                .isTrue();
        assertThat(verifier.provider()).isSameAs(broken);
        broken.failing = true;
        byte[] after = signer.sign(SignatureAlgorithm.ECDSA_SHA256, MESSAGE);
        assertThat(java.verify(SignatureAlgorithm.ECDSA_SHA256, MESSAGE, after)).isTrue();
        assertThat(verifier.verify(SignatureAlgorithm.ECDSA_SHA256, MESSAGE, after))
                .isTrue();
        assertThat(signer.provider()).isNull();
        assertThat(verifier.provider()).isNull();
        after[after.length - 1] ^= 1;
        assertThat(verifier.verify(SignatureAlgorithm.ECDSA_SHA256, MESSAGE, after))
                .isFalse();
    }

    @Test
    void aFailureOfTheProviderIsNotTakenForTheClients() throws Exception {
        BrokenProvider broken = new BrokenProvider();
        PrimitiveSources sources = ProviderSelection.of(List.of(broken)).sources();
        EphemeralKey key = EphemeralKey.generate(Group.X25519, random, sources);
        EphemeralKey another = EphemeralKey.generate(Group.X25519, random, sources);
        byte[] peer = EphemeralKey.generate(Group.X25519, random).publicValue();
        broken.failing = true;
        assertThatThrownBy(() -> key.agree(peer)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> another.agree(new byte[32])).isInstanceOf(InvalidPublicValueException.class);
    }

    @Test
    void namesAreThoseOfRegisteredProvidersAndOfServicesAndNothingIsRegistered() {
        Provider[] before = Security.getProviders();
        assertThat(ProviderLookup.named("SunEC")).isSameAs(Security.getProvider("SunEC"));
        assertThat(ProviderLookup.named("AmazonCorrettoCryptoProvider"))
                .isNotNull()
                .isSameAs(ProviderLookup.named("AmazonCorrettoCryptoProvider"));
        assertThat(ProviderLookup.named("unknown")).isNull();
        assertThat(Security.getProviders()).containsExactly(before);
    }
}
