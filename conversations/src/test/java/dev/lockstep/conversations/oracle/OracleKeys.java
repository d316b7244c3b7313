package dev.lockstep.conversations.oracle;

import dev.lockstep.testkit.certificate.SchemeSignatures;
import dev.lockstep.testkit.client.RsaBlocks;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.spec.SignatureScheme;
import java.io.IOException;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.jcajce.JcaBasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.jcajce.JcaCertificateID;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.jce.ECNamedCurveTable;
import org.bouncycastle.jce.spec.ECNamedCurveParameterSpec;
import org.bouncycastle.operator.DigestCalculatorProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** Keys, certificates and signatures that are the same in every run and on every JDK. */
final class OracleKeys {

    static final X500Principal AUTHORITY = new X500Principal("CN=oracle authority");

    private static final Instant FROM = Instant.parse("2021-01-01T00:00:00Z");
    private static final Instant UNTIL = Instant.parse("2049-01-01T00:00:00Z");
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final PrivateKey AUTHORITY_KEY = edPrivate(1);
    private static final PublicKey AUTHORITY_PUBLIC = edPublic(1);
    private static final ECNamedCurveParameterSpec P256 = ECNamedCurveTable.getParameterSpec("secp256r1");
    private static final BigInteger SCALAR = new BigInteger(250, new SeededRandom(12));

    static final PrivateKey CLIENT_KEY = edPrivate(2);
    static final X509Certificate CLIENT = issue(3, "client", edPublic(2), KeyUsage.digitalSignature);
    static final X509Certificate OTHER_CLIENT = issue(4, "other client", edPublic(3), KeyUsage.digitalSignature);
    static final PrivateKey OTHER_CLIENT_KEY = edPrivate(3);
    static final X509Certificate EC = issue(5, "ec", ecPublic(), KeyUsage.digitalSignature);
    static final PrivateKey RSA_KEY;
    static final X509Certificate RSA;
    static final byte[] EC_STATUS = status(EC);
    static final byte[] RSA_STATUS;

    static {
        SeededRandom random = new SeededRandom(11);
        BigInteger p = prime(random);
        BigInteger q = prime(random);
        BigInteger e = BigInteger.valueOf(65537);
        BigInteger p1 = p.subtract(BigInteger.ONE);
        BigInteger q1 = q.subtract(BigInteger.ONE);
        BigInteger d = e.modInverse(p1.multiply(q1));
        BigInteger n = p.multiply(q);
        try {
            KeyFactory factory = KeyFactory.getInstance("RSA");
            RSA_KEY = factory.generatePrivate(
                    new RSAPrivateCrtKeySpec(n, e, d, p, q, d.mod(p1), d.mod(q1), q.modInverse(p)));
            PublicKey key = factory.generatePublic(new RSAPublicKeySpec(n, e));
            RSA = issue(6, "rsa", key, KeyUsage.digitalSignature | KeyUsage.keyEncipherment);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
        RSA_STATUS = status(RSA);
    }

    private OracleKeys() {}

    /** Signs as the key of EC or RSA; ECDSA with the nonces of RFC 6979. */
    static byte[] sign(SignatureScheme scheme, byte[] message, byte[] sha256) {
        if (scheme != SignatureScheme.ECDSA_SECP256R1_SHA256) {
            return SchemeSignatures.sign(scheme, RSA_KEY, message);
        }
        ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
        ECDomainParameters domain = new ECDomainParameters(P256.getCurve(), P256.getG(), P256.getN());
        signer.init(true, new ECPrivateKeyParameters(SCALAR, domain));
        BigInteger[] signature = signer.generateSignature(sha256);
        try {
            return StandardDSAEncoding.INSTANCE.encode(P256.getN(), signature[0], signature[1]);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] decrypt(byte[] ciphertext) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, RSA_KEY);
        byte[] message = RsaBlocks.unpadded(cipher.doFinal(ciphertext));
        if (message == null) {
            throw new javax.crypto.BadPaddingException("not a block of PKCS #1");
        }
        return message;
    }

    /** Which number is prime does not depend on how it was found. */
    private static BigInteger prime(SeededRandom random) {
        BigInteger start = new BigInteger(1024, random).setBit(1023).setBit(1022);
        BigInteger prime = start.nextProbablePrime();
        while (prime.mod(BigInteger.valueOf(65537)).equals(BigInteger.ONE)) {
            prime = prime.nextProbablePrime();
        }
        return prime;
    }

    private static byte[] edSeed(int seed) {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) seed);
        return bytes;
    }

    private static PrivateKey edPrivate(int seed) {
        try {
            return KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, edSeed(seed)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PublicKey edPublic(int seed) {
        byte[] point = new Ed25519PrivateKeyParameters(edSeed(seed))
                .generatePublicKey()
                .getEncoded();
        byte[] encoded = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + point.length);
        System.arraycopy(point, 0, encoded, ED25519_PREFIX.length, point.length);
        try {
            return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PublicKey ecPublic() {
        org.bouncycastle.math.ec.ECPoint point = P256.getG().multiply(SCALAR).normalize();
        ECPoint w = new ECPoint(
                point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger());
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
            parameters.init(new ECGenParameterSpec("secp256r1"));
            return KeyFactory.getInstance("EC")
                    .generatePublic(new ECPublicKeySpec(w, parameters.getParameterSpec(ECParameterSpec.class)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate issue(int serial, String name, PublicKey key, int usage) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    AUTHORITY,
                    BigInteger.valueOf(serial),
                    Date.from(FROM),
                    Date.from(UNTIL),
                    new X500Principal("CN=oracle " + name),
                    key);
            builder.addExtension(org.bouncycastle.asn1.x509.Extension.keyUsage, true, new KeyUsage(usage));
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("Ed25519").build(AUTHORITY_KEY)));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] status(X509Certificate certificate) {
        try {
            DigestCalculatorProvider digests = new JcaDigestCalculatorProviderBuilder().build();
            X509Certificate issuer = issue(1, "authority", AUTHORITY_PUBLIC, KeyUsage.keyCertSign);
            CertificateID id =
                    new JcaCertificateID(digests.get(CertificateID.HASH_SHA1), issuer, certificate.getSerialNumber());
            JcaBasicOCSPRespBuilder builder =
                    new JcaBasicOCSPRespBuilder(AUTHORITY_PUBLIC, digests.get(CertificateID.HASH_SHA1));
            builder.addResponse(id, CertificateStatus.GOOD, Date.from(FROM), Date.from(UNTIL), null);
            return new OCSPRespBuilder()
                    .build(
                            OCSPRespBuilder.SUCCESSFUL,
                            builder.build(
                                    new JcaContentSignerBuilder("Ed25519").build(AUTHORITY_KEY), null, Date.from(FROM)))
                    .getEncoded();
        } catch (GeneralSecurityException | OperatorCreationException | OCSPException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
