package dev.lockstep.tls.peer;

import static dev.lockstep.testkit.certificate.TestAuthority.NOW;
import static dev.lockstep.tls.peer.Certs.client;
import static dev.lockstep.tls.peer.PathCases.LEAF;
import static dev.lockstep.tls.peer.PathCases.LOW;
import static dev.lockstep.tls.peer.PathCases.MIDDLE;
import static dev.lockstep.tls.peer.PathCases.ROOT;
import static dev.lockstep.tls.peer.PathCases.below;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.spec.AlertDescription;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.DSAPublicKey;
import java.security.spec.DSAPublicKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a chain costs in verified signatures, counted where the JDK verifies them. A search that tries each certificate on
 * each verifies 90 for ten certificates of one name that signed each other, and 9,900 for a hundred.
 */
@Isolated("other tests would find the counting provider")
class PathCostTest {

    private CountingProvider counter;

    @BeforeEach
    void count() {
        counter = CountingProvider.installed();
    }

    @AfterEach
    void stopCounting() {
        counter.close();
    }

    private Verdict judge(PkixVerifierBuilder builder, List<X509Certificate> chain) throws Exception {
        PkixVerifier verifier = builder.trust(List.of(ROOT))
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .build();
        List<X509Certificate> fresh = new ArrayList<>();
        for (X509Certificate each : chain) {
            fresh.add(fresh(each));
        }
        counter.restart();
        return verifier.verify(new VerificationRequest(fresh, null, OptionalLong.empty()));
    }

    /** The JDK remembers the last key that verified a certificate object. */
    private static X509Certificate fresh(X509Certificate certificate) throws GeneralSecurityException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(certificate.getEncoded()));
    }

    @Test
    void anHonestChainCostsAtMostTwoForEachCertificate() throws Exception {
        assertThat(judge(PkixVerifier.builder(), List.of(LEAF))).isInstanceOf(Verdict.Accepted.class);
        assertThat(counter.verified()).isBetween(1, 2);
        assertThat(judge(PkixVerifier.builder(), List.of(LOW, MIDDLE, ROOT))).isInstanceOf(Verdict.Accepted.class);
        assertThat(counter.verified()).isBetween(2, 4);
    }

    static Stream<Arguments> hostile() throws GeneralSecurityException {
        return Stream.of(
                Arguments.of("namesakes that signed nothing", namesakes(9)),
                Arguments.of("99 namesakes that signed nothing", namesakes(99)),
                Arguments.of("nine namesakes that signed each other", ladder(9)),
                Arguments.of("99 namesakes that signed each other", ladder(99)),
                Arguments.of("one key, and each certificate signed by all", oneKey(99)),
                Arguments.of("every layer signed by every one of the next", layers(5, 19)),
                Arguments.of("the same, down to the root, and never valid", excluded(5, 19)),
                Arguments.of("ten certificates in layers that are never valid", excluded(3, 3)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void aHostileChainCostsNoMoreThanTheBound(String name, List<X509Certificate> chain) throws Exception {
        Verdict verdict = judge(PkixVerifier.builder(), chain);
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        assertThat(counter.verified()).isBetween(1, 64);
        assertThat(PathFinder.signatureChecks(6)).isEqualTo(64);
    }

    @Test
    void theBoundIsALimitOfTheServerAndSaysSo() throws Exception {
        Verdict verdict = judge(PkixVerifier.builder(), namesakes(99));
        assertThat(((Verdict.Rejected) verdict).alert()).isEqualTo(AlertDescription.CERTIFICATE_UNKNOWN);
        assertThat(((Verdict.Rejected) verdict).reason()).contains("64 signature checks");
    }

    /** RSA with an exponent as long as the modulus takes a hundred times as long. */
    @Test
    void anAuthorityWithAnExpensiveKeyIsNotFollowed() throws Exception {
        for (int bits : new int[] {17, 65}) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            BigInteger exponent = BigInteger.ONE.shiftLeft(bits - 1).nextProbablePrime();
            generator.initialize(new RSAKeyGenParameterSpec(2048, exponent));
            Certs.key("rsa " + bits, generator.generateKeyPair());
            X509Certificate authority =
                    below("Rsa", "rsa " + bits, "Root", "root").sign();
            X509Certificate leaf = client("x", "Rsa", "rsa " + bits)
                    .signedWith("SHA256withRSA")
                    .sign();
            assertThat(judge(PkixVerifier.builder(), List.of(leaf, authority)))
                    .as(exponent + " as the exponent")
                    .isInstanceOf(bits > 64 ? Verdict.Rejected.class : Verdict.Accepted.class);
        }
    }

    /** A check under a prime of 30,000 bits takes a second, under one of 200,000 a minute; 500,000 fit into a chain. */
    @Test
    void anAuthorityWithALongDsaKeyIsNotFollowed() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("DSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        DSAPublicKey real = (DSAPublicKey) pair.getPublic();
        for (int bits : new int[] {2048, 30_000}) {
            BigInteger p = bits == 2048
                    ? real.getParams().getP()
                    : BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
            DSAPublicKeySpec key = new DSAPublicKeySpec(
                    real.getY(), p, real.getParams().getQ(), real.getParams().getG());
            Certs.key("dsa " + bits, new KeyPair(KeyFactory.getInstance("DSA").generatePublic(key), pair.getPrivate()));
            X509Certificate authority =
                    below("Dsa", "dsa " + bits, "Root", "root").sign();
            X509Certificate leaf = client("x", "Dsa", "dsa " + bits)
                    .signedWith("SHA256withDSA")
                    .sign();
            Verdict verdict = judge(PkixVerifier.builder(), List.of(leaf, authority));
            if (bits == 2048) {
                assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
            } else {
                // BAD_CERTIFICATE would say that it was tried
                assertThat(((Verdict.Rejected) verdict).alert()).isEqualTo(AlertDescription.UNKNOWN_CA);
            }
        }
    }

    @Test
    void theLongestPathAllowedIsWithinTheBound() throws Exception {
        for (int length : new int[] {6, 20, 100}) {
            assertThat(judge(PkixVerifier.builder().maxPathLength(length), PathCases.chain(length)))
                    .isInstanceOf(Verdict.Accepted.class);
            Verdict verdict = judge(PkixVerifier.builder().maxPathLength(length - 1), PathCases.chain(length));
            assertThat(((Verdict.Rejected) verdict).alert()).isEqualTo(AlertDescription.UNKNOWN_CA);
        }
    }

    /** Twenty keys of one name, as after twenty years of yearly rollover without key identifiers. */
    @Test
    void manyAnchorsOfOneNameAreWithinTheBound() throws Exception {
        List<X509Certificate> anchors = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            anchors.add(Certs.of("Yearly", "yearly " + i).ca(-1).sign());
        }
        X509Certificate leaf = Certs.of("c", "c").by("Yearly", "yearly 19").sign();
        assertThat(judge(PkixVerifier.builder().trust(anchors), List.of(leaf))).isInstanceOf(Verdict.Accepted.class);
    }

    /** Authorities with the name of the client's issuer and other keys. */
    private static List<X509Certificate> namesakes(int count) {
        List<X509Certificate> chain =
                new ArrayList<>(List.of(client("x", "Loop", "loop").sign()));
        chain.addAll(ladder(count).subList(1, count + 1));
        return chain;
    }

    /** The same, with each signed by the next. */
    private static List<X509Certificate> ladder(int count) {
        List<X509Certificate> chain =
                new ArrayList<>(List.of(bare("x", "x", "loop 0").sign()));
        for (int i = 0; i < count; i++) {
            chain.add(bare("Loop", "loop " + i, "loop " + (i + 1)).ca(-1).sign());
        }
        return chain;
    }

    private static Certs bare(String subject, String key, String issuerKey) {
        return Certs.of(subject, key).by("Loop", issuerKey);
    }

    private static List<X509Certificate> oneKey(int count) {
        List<X509Certificate> chain =
                new ArrayList<>(List.of(client("x", "Loop", "loop").sign()));
        for (int i = 0; i < count; i++) {
            chain.add(below("Loop", "loop", "Loop", "loop").sign());
        }
        return chain;
    }

    /** {@code width} to the power of {@code depth} ways, which lead to no anchor. */
    private static List<X509Certificate> layers(int depth, int width) {
        List<X509Certificate> chain =
                new ArrayList<>(List.of(client("x", "Layer 0", "layer 0").sign()));
        for (int layer = 0; layer < depth; layer++) {
            for (int i = 0; i < width; i++) {
                chain.add(below("Layer " + layer, "layer " + layer, "Layer " + (layer + 1), "layer " + (layer + 1))
                        .sign());
            }
        }
        return chain;
    }

    /** The same with an end at the root, by authorities whose constraints exclude every name. */
    private static List<X509Certificate> excluded(int depth, int width) {
        List<X509Certificate> chain =
                new ArrayList<>(List.of(client("x", "Layer 0", "layer 0").sign()));
        for (int layer = 0; layer < depth; layer++) {
            boolean last = layer == depth - 1;
            for (int i = 0; i < width; i++) {
                chain.add(below(
                                "Layer " + layer,
                                "layer " + layer,
                                last ? "Root" : "Layer " + (layer + 1),
                                last ? "root" : "layer " + (layer + 1))
                        .permitting(GeneralName.directoryName, "O=Nothing")
                        .sign());
            }
        }
        return chain;
    }
}
