package dev.lockstep.crypto.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.crypto.TestKeys;
import dev.lockstep.crypto.TestProviders;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.NistCurve;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which public keys are taken. What is verified with them is in the other tests. */
@ParameterizedClass
@MethodSource("dev.lockstep.crypto.TestProviders#all")
class SignatureVerifierTest {
    @Parameter
    TestProviders provider;

    @Test
    void tellsKindCurveAndSize() {
        // RFC 8422 5.3-1, 5.9-1, 5.9-2
        SignatureVerifier rsa = SignatureVerifier.of(TestKeys.RSA_2048.getPublic(), provider.sources());
        assertThat(rsa.keyType()).isEqualTo(SignatureAlgorithm.Key.RSA);
        assertThat(rsa.rsaModulusLength()).isEqualTo(256);
        assertThat(rsa.ecGroup()).isNull();
        SignatureVerifier ec = SignatureVerifier.of(TestKeys.P384.getPublic(), provider.sources());
        assertThat(ec.keyType()).isEqualTo(SignatureAlgorithm.Key.EC);
        assertThat(ec.ecGroup()).isEqualTo(Group.SECP384R1);
        assertThat(ec.rsaModulusLength()).isZero();
        assertThat(SignatureVerifier.of(TestKeys.ED25519.getPublic(), provider.sources())
                        .keyType())
                .isEqualTo(SignatureAlgorithm.Key.ED25519);
        assertThat(SignatureVerifier.of(TestKeys.ED448.getPublic(), provider.sources())
                        .keyType())
                .isEqualTo(SignatureAlgorithm.Key.ED448);
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "4", "65536", "36893488147419103233", "-3", "0"})
    void rsaExponentsThatAreEvenTinyOrHugeAreRefused(String exponent) {
        BigInteger n = ((RSAPublicKey) TestKeys.RSA_2048.getPublic()).getModulus();
        assertThatThrownBy(() -> SignatureVerifier.of(new RsaKey(n, new BigInteger(exponent)), provider.sources()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rsaModuliThatAreEvenTinyOrHugeAreRefused() {
        BigInteger n = ((RSAPublicKey) TestKeys.RSA_2048.getPublic()).getModulus();
        BigInteger f4 = BigInteger.valueOf(65537);
        for (BigInteger bad : new BigInteger[] {
            n.subtract(BigInteger.ONE),
            n.negate(),
            BigInteger.ZERO,
            BigInteger.valueOf(15),
            BigInteger.ONE.shiftLeft(16384).add(BigInteger.ONE)
        }) {
            assertThatThrownBy(() -> SignatureVerifier.of(new RsaKey(bad, f4), provider.sources()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(SignatureVerifier.of(new RsaKey(n, f4), provider.sources()).rsaModulusLength())
                .isEqualTo(256);
    }

    @Test
    void ecPointsThatAreNotOnTheCurveAreRefused() throws Exception {
        byte[] point = NistCurve.P256.domain().getG().getEncoded(false);
        PublicKey good = new EncodedKey(spki(SECObjectIdentifiers.secp256r1, point));
        assertThat(SignatureVerifier.of(good, provider.sources()).ecGroup()).isEqualTo(Group.SECP256R1);
        point[64] ^= 1;
        PublicKey off = new EncodedKey(spki(SECObjectIdentifiers.secp256r1, point));
        assertThatThrownBy(() -> SignatureVerifier.of(off, provider.sources()))
                .isInstanceOf(IllegalArgumentException.class);
        PublicKey infinity = new EncodedKey(spki(SECObjectIdentifiers.secp256r1, new byte[1]));
        assertThatThrownBy(() -> SignatureVerifier.of(infinity, provider.sources()))
                .isInstanceOf(IllegalArgumentException.class);
        PublicKey empty = new EncodedKey(spki(SECObjectIdentifiers.secp256r1, new byte[0]));
        assertThatThrownBy(() -> SignatureVerifier.of(empty, provider.sources()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bytesThatAreNoKeyAreRefused() {
        // RFC 8422 5.3-1, 5.9-1, 5.9-2
        java.util.Random noise = new java.util.Random(3);
        for (PublicKey key : new PublicKey[] {
            TestKeys.P256.getPublic(),
            TestKeys.ED25519.getPublic(),
            TestKeys.ED448.getPublic(),
            TestKeys.P521.getPublic()
        }) {
            for (int round = 0; round < 500; round++) {
                byte[] encoded = java.util.Arrays.copyOf(key.getEncoded(), noise.nextInt(key.getEncoded().length));
                if (encoded.length > 0 && round % 2 == 0) {
                    encoded[noise.nextInt(encoded.length)] = (byte) noise.nextInt();
                }
                assertThatThrownBy(() -> SignatureVerifier.of(new EncodedKey(encoded), provider.sources()))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
        assertThatThrownBy(() -> SignatureVerifier.of(new EncodedKey(null), provider.sources()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void malformedPssParametersInAKeyAreRefused() throws Exception {
        RSAPublicKey rsa = (RSAPublicKey) TestKeys.RSA_2048.getPublic();
        AlgorithmIdentifier maskWithoutHash = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1);
        AlgorithmIdentifier sha256 = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256);
        for (ASN1Encodable parameters : new ASN1Encodable[] {
            DERNull.INSTANCE,
            new ASN1Integer(1),
            new RSASSAPSSparams(sha256, maskWithoutHash, new ASN1Integer(32), new ASN1Integer(1))
        }) {
            byte[] encoded = new SubjectPublicKeyInfo(
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, parameters), new byte[] {0})
                    .getEncoded();
            RsaKey key = new RsaKey(rsa.getModulus(), rsa.getPublicExponent(), encoded);
            assertThatThrownBy(() -> SignatureVerifier.of(key, provider.sources()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anotherTrailerOrMaskInPssParametersLeavesNothingToVerify() throws Exception {
        RSAPublicKey rsa = (RSAPublicKey) TestKeys.RSA_2048.getPublic();
        AlgorithmIdentifier sha256 = new AlgorithmIdentifier(NISTObjectIdentifiers.id_sha256);
        AlgorithmIdentifier mgf1 = new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, sha256);
        AlgorithmIdentifier unknown = new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, sha256);
        for (RSASSAPSSparams parameters : new RSASSAPSSparams[] {
            new RSASSAPSSparams(sha256, mgf1, new ASN1Integer(32), new ASN1Integer(2)),
            new RSASSAPSSparams(sha256, unknown, new ASN1Integer(32), new ASN1Integer(1))
        }) {
            byte[] encoded = new SubjectPublicKeyInfo(
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS, parameters), new byte[] {0})
                    .getEncoded();
            SignatureVerifier verifier = SignatureVerifier.of(
                    new RsaKey(rsa.getModulus(), rsa.getPublicExponent(), encoded), provider.sources());
            assertThat(SignatureAlgorithm.values()).noneMatch(verifier::supports);
        }
    }

    private static byte[] spki(ASN1ObjectIdentifier curve, byte[] point) throws Exception {
        return new SubjectPublicKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve), point)
                .getEncoded();
    }

    /** An RSA key object that was not checked. */
    private record RsaKey(BigInteger modulus, BigInteger exponent, byte[] encoded) implements RSAPublicKey {
        private static final long serialVersionUID = 1L;

        RsaKey(BigInteger modulus, BigInteger exponent) {
            this(modulus, exponent, null);
        }

        @Override
        public BigInteger getModulus() {
            return modulus;
        }

        @Override
        public BigInteger getPublicExponent() {
            return exponent;
        }

        @Override
        public String getAlgorithm() {
            return "RSA";
        }

        @Override
        public String getFormat() {
            return null;
        }

        @Override
        public byte[] getEncoded() {
            return encoded;
        }
    }

    /** A key object whose encoding was not checked. */
    private record EncodedKey(byte[] encoded) implements PublicKey {
        private static final long serialVersionUID = 1L;

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        public String getFormat() {
            return "X.509";
        }

        @Override
        public byte[] getEncoded() {
            return encoded;
        }
    }
}
