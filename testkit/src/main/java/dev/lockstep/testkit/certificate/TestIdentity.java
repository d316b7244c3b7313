package dev.lockstep.testkit.certificate;

import dev.lockstep.testkit.util.Bytes;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Keys with certificates, made once per run on first use. Every certificate is issued by {@link #CA}. */
@SuppressWarnings("ImmutableEnumChecker") // the pair and the certificate are made once, under the lock
public enum TestIdentity {
    CA("EC", "secp256r1"),
    RSA_2048("RSA", "2048"),
    /** Another key of the same kind, for swapped results and several credentials. */
    RSA_2048_OTHER("RSA", "2048"),
    RSA_3072("RSA", "3072"),
    RSA_PSS("RSASSA-PSS", "2048"),
    P256("EC", "secp256r1"),
    P256_OTHER("EC", "secp256r1"),
    P384("EC", "secp384r1"),
    P521("EC", "secp521r1"),
    ED25519("Ed25519", ""),
    ED448("Ed448", "");

    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));

    private final String algorithm;
    private final String parameter;
    private @Nullable KeyPair pair;
    private @Nullable X509Certificate certificate;

    TestIdentity(String algorithm, String parameter) {
        this.algorithm = algorithm;
        this.parameter = parameter;
    }

    /** Returns the private key. */
    public PrivateKey privateKey() {
        return pair().getPrivate();
    }

    /** Returns the public key. */
    public PublicKey publicKey() {
        return pair().getPublic();
    }

    /** Returns the certificate. */
    public X509Certificate certificate() {
        synchronized (this) {
            if (certificate == null) {
                certificate = issue();
            }
            return certificate;
        }
    }

    /** The certificate, then its issuer's. */
    public List<X509Certificate> chain() {
        return List.of(certificate(), CA.certificate());
    }

    /** Returns whether the key is an RSA key, of either type. */
    public boolean isRsa() {
        return algorithm.startsWith("RSA");
    }

    /** Returns whether the key is on a NIST curve. */
    public boolean isEc() {
        return algorithm.equals("EC");
    }

    /** The algorithm's JDK name: RSA, RSASSA-PSS, EC, Ed25519 or Ed448. */
    public String algorithm() {
        return algorithm;
    }

    /** The name in the certificate. */
    public String hostName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".example.org";
    }

    private KeyPair pair() {
        synchronized (this) {
            if (pair == null) {
                pair = TestAuthority.keyPair(algorithm, parameter);
            }
            return pair;
        }
    }

    private X509Certificate issue() {
        byte[] extensions = Der.sequence(
                this == CA
                        ? extension(Der.oid(2, 5, 29, 19), Der.sequence(Der.yes()))
                        : extension(Der.oid(2, 5, 29, 17), Der.sequence(dnsName(hostName()), dnsName("localhost"))),
                // digitalSignature, and keyEncipherment for keys that may decrypt; keyCertSign for the CA
                extension(
                        Der.oid(2, 5, 29, 15),
                        this == CA
                                ? Der.bits(2, Bytes.u8(0x04))
                                : mayDecrypt() ? Der.bits(5, Bytes.u8(0xa0)) : Der.bits(7, Bytes.u8(0x80))));
        byte[] toBeSigned = Der.sequence(
                Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
                Der.integer(new BigInteger(1, name().getBytes(StandardCharsets.US_ASCII))),
                ECDSA_WITH_SHA256,
                name("Lockstep test CA"),
                Der.sequence(Der.utcTime("200101000000Z"), Der.utcTime("491231235959Z")),
                name(this == CA ? "Lockstep test CA" : hostName()),
                publicKey().getEncoded(),
                Der.tagged(0xa3, extensions));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(CA.privateKey());
            signature.update(toBeSigned);
            byte[] encoded = Der.sequence(toBeSigned, ECDSA_WITH_SHA256, Der.bits(0, signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean mayDecrypt() {
        return algorithm.equals("RSA");
    }

    private static byte[] extension(byte[] oid, byte[] value) {
        return Der.sequence(oid, Der.octets(value));
    }

    private static byte[] dnsName(String host) {
        return Der.tagged(0x82, host.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] name(String commonName) {
        return Der.sequence(Der.tagged(0x31, Der.sequence(Der.oid(2, 5, 4, 3), Der.utf8(commonName))));
    }
}
