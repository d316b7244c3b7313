package dev.lockstep.crypto.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.TestKeys;
import dev.lockstep.crypto.TestProviders;
import dev.lockstep.crypto.hash.HashAlgorithm;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Signer and verifier together, over all kinds of keys and key objects. */
@ParameterizedClass
@MethodSource("dev.lockstep.crypto.TestProviders#all")
class LocalSignerTest {
    @Parameter
    TestProviders provider;

    private static final byte[] MESSAGE = {'h', 'e', 'l', 'l', 'o'};

    private final SecureRandom random = new SecureRandom();

    static Stream<Arguments> keys() throws Exception {
        List<Arguments> keys = new ArrayList<>();
        for (KeyPair pair : List.of(
                TestKeys.RSA_2048,
                TestKeys.RSA_1024,
                TestKeys.RSA_PSS,
                TestKeys.P256,
                TestKeys.P384,
                TestKeys.P521,
                TestKeys.ED25519,
                TestKeys.ED448)) {
            keys.add(Arguments.of("JDK " + pair.getPublic().getAlgorithm(), pair));
            KeyFactory factory = KeyFactory.getInstance(
                    pair.getPublic().getAlgorithm().equals("RSASSA-PSS")
                            ? "RSA"
                            : pair.getPublic().getAlgorithm(),
                    TestKeys.BC);
            KeyPair bouncy = new KeyPair(
                    factory.generatePublic(
                            new X509EncodedKeySpec(pair.getPublic().getEncoded())),
                    factory.generatePrivate(
                            new PKCS8EncodedKeySpec(pair.getPrivate().getEncoded())));
            keys.add(Arguments.of("BC " + bouncy.getPublic().getAlgorithm(), bouncy));
        }
        return keys.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void whatASignerSupportsItSignsAndTheVerifierTakes(String name, KeyPair pair) throws Exception {
        LocalSigner signer = LocalSigner.of(pair.getPrivate(), random, provider.sources());
        SignatureVerifier verifier = SignatureVerifier.of(pair.getPublic(), provider.sources());
        assertThat(signer.keyType()).isEqualTo(verifier.keyType());
        assertThat(signer.modulusLength()).isEqualTo(verifier.rsaModulusLength());
        assertThat(signer.ecGroup()).isEqualTo(verifier.ecGroup());
        int supported = 0;
        for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
            assertThat(signer.supports(algorithm)).isEqualTo(verifier.supports(algorithm));
            if (!signer.supports(algorithm)) {
                assertThatThrownBy(() -> signer.sign(algorithm, MESSAGE)).isInstanceOf(InvalidKeyException.class);
                continue;
            }
            supported++;
            byte[] signature = signer.sign(algorithm, MESSAGE);
            assertThat(verifier.verify(algorithm, MESSAGE, signature)).isTrue();
            assertThat(verifier.verify(algorithm, new byte[0], signature)).isFalse();
            for (SignatureAlgorithm other : SignatureAlgorithm.values()) {
                assertThat(verifier.verify(other, MESSAGE, signature)).isEqualTo(other == algorithm);
            }
            HashAlgorithm hash = algorithm.hash();
            byte[] digest = hash == null ? new byte[64] : hash.digest(MESSAGE);
            byte[] another = hash == null ? new byte[64] : hash.digest(signature);
            assertThat(verifier.verifyDigest(algorithm, digest, signature)).isEqualTo(hash != null);
            assertThat(verifier.verifyDigest(algorithm, another, signature)).isFalse();
            assertThat(verifier.verifyDigest(algorithm, digest, Arrays.copyOf(signature, signature.length - 1)))
                    .isFalse();
            signature[signature.length / 2] ^= 1;
            assertThat(verifier.verify(algorithm, MESSAGE, signature)).isFalse();
            assertThat(verifier.verifyDigest(algorithm, digest, signature)).isFalse();
        }
        assertThat(supported).isPositive();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void othersTakeTheSignatures(String name, KeyPair pair) throws Exception {
        LocalSigner signer = LocalSigner.of(pair.getPrivate(), random, provider.sources());
        for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
            if (signer.supports(algorithm)) {
                Signature other = Signature.getInstance(jcaName(algorithm), TestKeys.BC);
                if (algorithm.isPss()) {
                    other.setParameter(
                            pss(algorithm.requireHash(), algorithm.requireHash().length()));
                }
                other.initVerify(bouncy(pair.getPublic()));
                other.update(MESSAGE);
                assertThat(other.verify(signer.sign(algorithm, MESSAGE)))
                        .as("%s", algorithm)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void brokenSignaturesAreRefusedWithoutAnException(String name, KeyPair pair) throws Exception {
        LocalSigner signer = LocalSigner.of(pair.getPrivate(), random, provider.sources());
        SignatureVerifier verifier = SignatureVerifier.of(pair.getPublic(), provider.sources());
        java.util.Random noise = new java.util.Random(7);
        for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
            byte[] good = signer.supports(algorithm) ? signer.sign(algorithm, MESSAGE) : new byte[64];
            for (int round = 0; round < 60; round++) {
                byte[] bad = Arrays.copyOf(good, round < 40 ? good.length : noise.nextInt(2 * good.length));
                if (bad.length > 0) {
                    bad[noise.nextInt(bad.length)] ^= (byte) (1 + noise.nextInt(255));
                }
                assertThat(verifier.verify(algorithm, MESSAGE, bad)).isFalse();
            }
        }
    }

    @Test
    void anRsaSignatureHasExactlyTheLengthOfTheModulus() throws Exception {
        LocalSigner signer = LocalSigner.of(TestKeys.RSA_2048.getPrivate(), random, provider.sources());
        SignatureVerifier verifier = SignatureVerifier.of(TestKeys.RSA_2048.getPublic(), provider.sources());
        for (SignatureAlgorithm algorithm :
                List.of(SignatureAlgorithm.RSA_PKCS1_SHA256, SignatureAlgorithm.RSA_PSS_SHA256)) {
            byte[] signature = signer.sign(algorithm, MESSAGE);
            byte[] longer = new byte[257];
            System.arraycopy(signature, 0, longer, 1, 256);
            assertThat(verifier.verify(algorithm, MESSAGE, signature)).isTrue();
            assertThat(verifier.verify(algorithm, MESSAGE, longer)).isFalse();
            assertThat(verifier.verify(algorithm, MESSAGE, Arrays.copyOf(signature, 257)))
                    .isFalse();
            assertThat(verifier.verify(algorithm, MESSAGE, Arrays.copyOf(signature, 255)))
                    .isFalse();
        }
    }

    @Test
    void theSizeOfAModulusLimitsTheHash() {
        LocalSigner signer = LocalSigner.of(TestKeys.RSA_1024.getPrivate(), random, provider.sources());
        // RFC 8017 9.1.1: 2 * 64 + 2 bytes do not fit into 128.
        assertThat(signer.supports(SignatureAlgorithm.RSA_PSS_SHA512)).isFalse();
        assertThat(signer.supports(SignatureAlgorithm.RSA_PSS_SHA384)).isTrue();
        assertThat(signer.supports(SignatureAlgorithm.RSA_PKCS1_SHA512)).isTrue();
        LocalSigner small = LocalSigner.of(TestKeys.rsa("RSA", 512).getPrivate(), random, provider.sources());
        assertThat(small.supports(SignatureAlgorithm.RSA_PKCS1_SHA256)).isTrue();
        assertThat(small.supports(SignatureAlgorithm.RSA_PKCS1_SHA384)).isFalse();
    }

    @Test
    void theSmallestModulusForAHashIsExact() throws Exception {
        // RFC 8017 9.1.1: emLen = ceil((1034 - 1) / 8) = 130 = 2 * 64 + 2, and a bit less is a byte less.
        assertThat(RsaKeys.fits(SignatureAlgorithm.RSA_PSS_SHA512, 1034)).isTrue();
        assertThat(RsaKeys.fits(SignatureAlgorithm.RSA_PSS_SHA512, 1033)).isFalse();
        // RFC 8017 9.2: 51 + 11 = 62 bytes.
        assertThat(RsaKeys.fits(SignatureAlgorithm.RSA_PKCS1_SHA256, 489)).isTrue();
        assertThat(RsaKeys.fits(SignatureAlgorithm.RSA_PKCS1_SHA256, 488)).isFalse();
        KeyPair pair = TestKeys.rsa("RSA", 1034);
        byte[] signature = LocalSigner.of(pair.getPrivate(), random, provider.sources())
                .sign(SignatureAlgorithm.RSA_PSS_SHA512, MESSAGE);
        assertThat(SignatureVerifier.of(pair.getPublic(), provider.sources())
                        .verify(SignatureAlgorithm.RSA_PSS_SHA512, MESSAGE, signature))
                .isTrue();
    }

    @Test
    void aKeyTypedPssSignsNothingElse() {
        assertThat(supported(TestKeys.RSA_PSS))
                .containsExactlyInAnyOrder(
                        SignatureAlgorithm.RSA_PSS_SHA256,
                        SignatureAlgorithm.RSA_PSS_SHA384,
                        SignatureAlgorithm.RSA_PSS_SHA512);
    }

    @Test
    void parametersInAKeyTypedPssBind() {
        assertThat(supported(TestKeys.rsaPss(pss(HashAlgorithm.SHA384, 48))))
                .containsExactly(SignatureAlgorithm.RSA_PSS_SHA384);
        assertThat(supported(TestKeys.rsaPss(pss(HashAlgorithm.SHA256, 20))))
                .containsExactly(SignatureAlgorithm.RSA_PSS_SHA256);
        // A salt of at least 33 bytes is longer than TLS makes it with this hash.
        assertThat(supported(TestKeys.rsaPss(pss(HashAlgorithm.SHA256, 33)))).isEmpty();
        assertThat(supported(TestKeys.rsaPss(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA1, 32, 1))))
                .isEmpty();
    }

    @Test
    void keysOnOtherCurvesAreRefused() {
        KeyPair koblitz = TestKeys.generate("EC", new ECGenParameterSpec("secp256k1"), TestKeys.BC);
        assertThatThrownBy(() -> LocalSigner.of(koblitz.getPrivate(), random, provider.sources()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("secp256r1");
        assertThatThrownBy(() -> SignatureVerifier.of(koblitz.getPublic(), provider.sources()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("secp256r1");
    }

    @Test
    void keysOfOtherKindsAreRefused() {
        KeyPair x25519 = TestKeys.generate("X25519", null, null);
        assertThatThrownBy(() -> LocalSigner.of(x25519.getPrivate(), random, provider.sources()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SignatureVerifier.of(x25519.getPublic(), provider.sources()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeyThatHidesItsValueIsRefused() {
        PrivateKey hidden = new HiddenKey();
        assertThatThrownBy(() -> LocalSigner.of(hidden, random, provider.sources()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("external");
    }

    @Test
    void aDestroyedRsaKeySignsNothing() {
        LocalSigner signer = LocalSigner.of(TestKeys.RSA_2048.getPrivate(), random, provider.sources());
        signer.destroy();
        signer.destroy();
        assertThatThrownBy(() -> signer.sign(SignatureAlgorithm.RSA_PSS_SHA256, MESSAGE))
                .isInstanceOf(InvalidKeyException.class);
    }

    @Test
    void theCallersKeyOutlivesTheSigner() throws Exception {
        LocalSigner.of(TestKeys.ED25519.getPrivate(), random, provider.sources())
                .destroy();
        byte[] signature = LocalSigner.of(TestKeys.ED25519.getPrivate(), random, provider.sources())
                .sign(SignatureAlgorithm.ED25519, MESSAGE);
        assertThat(SignatureVerifier.of(TestKeys.ED25519.getPublic(), provider.sources())
                        .verify(SignatureAlgorithm.ED25519, MESSAGE, signature))
                .isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void oneSignerAndOneVerifierServeManyThreads(String name, KeyPair pair) throws Exception {
        LocalSigner signer = LocalSigner.of(pair.getPrivate(), random, provider.sources());
        SignatureVerifier verifier = SignatureVerifier.of(pair.getPublic(), provider.sources());
        SignatureAlgorithm algorithm = supported(pair).iterator().next();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Boolean>> work = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                byte[] message = {(byte) i};
                work.add(() -> verifier.verify(algorithm, message, signer.sign(algorithm, message)));
            }
            for (Future<Boolean> done : threads.invokeAll(work)) {
                assertThat(done.get()).isTrue();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void namesShowNoKey() {
        assertThat(LocalSigner.of(TestKeys.P256.getPrivate(), random, provider.sources()))
                .hasToString("LocalSigner[EC]");
    }

    private Set<SignatureAlgorithm> supported(KeyPair pair) {
        LocalSigner signer = LocalSigner.of(pair.getPrivate(), random, provider.sources());
        SignatureVerifier verifier = SignatureVerifier.of(pair.getPublic(), provider.sources());
        Set<SignatureAlgorithm> all = Arrays.stream(SignatureAlgorithm.values())
                .filter(signer::supports)
                .collect(Collectors.toSet());
        assertThat(Arrays.stream(SignatureAlgorithm.values())
                        .filter(verifier::supports)
                        .collect(Collectors.toSet()))
                .isEqualTo(all);
        return all;
    }

    private static PublicKey bouncy(PublicKey key) throws Exception {
        String type = key.getAlgorithm().equals("RSASSA-PSS") ? "RSA" : key.getAlgorithm();
        return KeyFactory.getInstance(type, TestKeys.BC).generatePublic(new X509EncodedKeySpec(key.getEncoded()));
    }

    /**
     * A result of the Chinese remainder theorem that is wrong modulo one prime gives that prime away (Boneh, DeMillo and
     * Lipton). The JDK compares the result with the public key; what fails there is no signature.
     */
    @Test
    void aFaultInTheChineseRemainderTheoremYieldsNoSignature() throws Exception {
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) TestKeys.RSA_2048.getPrivate();
        PrivateKey faulty = KeyFactory.getInstance("RSA")
                .generatePrivate(new RSAPrivateCrtKeySpec(
                        key.getModulus(),
                        key.getPublicExponent(),
                        key.getPrivateExponent(),
                        key.getPrimeP(),
                        key.getPrimeQ(),
                        key.getPrimeExponentP().flipBit(7),
                        key.getPrimeExponentQ(),
                        key.getCrtCoefficient()));
        LocalSigner signer = LocalSigner.of(faulty, random);
        for (SignatureAlgorithm algorithm :
                List.of(SignatureAlgorithm.RSA_PKCS1_SHA256, SignatureAlgorithm.RSA_PSS_SHA256)) {
            assertThatThrownBy(() -> signer.sign(algorithm, MESSAGE)).isInstanceOf(GeneralSecurityException.class);
        }
    }

    private static PSSParameterSpec pss(HashAlgorithm hash, int salt) {
        return new PSSParameterSpec(
                hash.jdkName(), "MGF1", new MGF1ParameterSpec(hash.jdkName()), salt, PSSParameterSpec.TRAILER_FIELD_BC);
    }

    private static String jcaName(SignatureAlgorithm algorithm) {
        if (algorithm.isPss()) {
            return "RSASSA-PSS";
        }
        return switch (algorithm.key()) {
            case RSA -> algorithm.requireHash() + "withRSA";
            case EC -> algorithm.requireHash() + "withECDSA";
            case ED25519 -> "Ed25519";
            case ED448 -> "Ed448";
        };
    }

    /** What a token's key object looks like. */
    private static final class HiddenKey implements PrivateKey {
        private static final long serialVersionUID = 1L;

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        public String getFormat() {
            return null;
        }

        @Override
        public byte[] getEncoded() {
            return null;
        }
    }
}
