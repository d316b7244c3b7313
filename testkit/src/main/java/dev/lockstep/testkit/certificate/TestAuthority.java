package dev.lockstep.testkit.certificate;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * An authority that issues whatever a test wants, good and bad: valid around {@link #NOW}, or around another moment for
 * clients that look at the clock of the machine.
 */
public final class TestAuthority {

    /** The moment at which good certificates are valid. */
    public static final Instant NOW = Instant.parse("2030-06-15T12:00:00Z");

    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final X509Certificate certificate;
    private final PrivateKey key;
    private final Instant now;

    private TestAuthority(X509Certificate certificate, PrivateKey key, Instant now) {
        this.certificate = certificate;
        this.key = key;
        this.now = now;
    }

    /** A self-signed authority with a P-256 key of its own, for {@link #NOW}. */
    public static TestAuthority root(String commonName) {
        return root(commonName, NOW);
    }

    /** The same for another moment: its certificates are valid from 100 days before it to 100 days after it. */
    public static TestAuthority root(String commonName, Instant now) {
        KeyPair pair = keyPair("EC", "secp256r1");
        X509Certificate certificate = new Order(name(commonName), pair.getPrivate(), commonName, pair.getPublic(), now)
                .authority()
                .sign();
        return new TestAuthority(certificate, pair.getPrivate(), now);
    }

    /**
     * A new key pair.
     *
     * @param algorithm the JDK's name: RSA, RSASSA-PSS, EC, Ed25519 or Ed448
     * @param parameter the bits of an RSA modulus or the name of the curve of an EC key; not looked at otherwise
     */
    public static KeyPair keyPair(String algorithm, String parameter) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.startsWith("RSA")) {
                generator.initialize(Integer.parseInt(parameter));
            } else if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec(parameter));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An authority below this one, and what is out of order about it. */
    public TestAuthority intermediate(String commonName, Consumer<Order> change) {
        KeyPair pair = keyPair("EC", "secp256r1");
        Order order = order(commonName, pair.getPublic()).authority();
        change.accept(order);
        return new TestAuthority(order.sign(), pair.getPrivate(), now);
    }

    public TestAuthority intermediate(String commonName) {
        return intermediate(commonName, order -> {});
    }

    /** A client certificate with everything in order until the order is changed. */
    public Order order(String commonName, PublicKey subjectKey) {
        return new Order(certificate.getSubjectX500Principal(), key, commonName, subjectKey, now);
    }

    /** A good server certificate: digitalSignature, and keyEncipherment for RSA (RFC 5246 section 7.4.2). */
    public X509Certificate server(PublicKey subjectKey, String... hosts) {
        boolean decrypts = subjectKey.getAlgorithm().equals("RSA");
        return order(hosts[0], subjectKey)
                .usage(KeyUsage.digitalSignature | (decrypts ? KeyUsage.keyEncipherment : 0))
                .purposes(KeyPurposeId.id_kp_serverAuth)
                .hosts(hosts)
                .sign();
    }

    /** A good client certificate for the identity's key. */
    public X509Certificate client(TestIdentity identity) {
        return order("client " + identity.hostName(), identity.publicKey())
                .usage(KeyUsage.digitalSignature)
                .purposes(KeyPurposeId.id_kp_clientAuth)
                .sign();
    }

    /** A list, current at the moment of this authority, of revoked certificates. */
    public X509CRL revoking(X509Certificate... revoked) {
        try {
            JcaX509v2CRLBuilder builder =
                    new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), Date.from(now.minus(days(1))));
            builder.setNextUpdate(Date.from(now.plus(days(1))));
            for (X509Certificate each : revoked) {
                builder.addCRLEntry(each.getSerialNumber(), Date.from(now.minus(days(2))), CRLReason.keyCompromise);
            }
            return new JcaX509CRLConverter()
                    .getCRL(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** One certificate to be made. */
    public static final class Order {

        private final X500Principal issuer;
        private final PrivateKey issuerKey;
        private final List<Consumer<JcaX509v3CertificateBuilder>> extensions = new ArrayList<>();
        private final X500Principal subject;
        private final PublicKey subjectKey;
        private Instant from;
        private Instant until;
        private String algorithm = "SHA256withECDSA";

        private Order(
                X500Principal issuer, PrivateKey issuerKey, String commonName, PublicKey subjectKey, Instant now) {
            this.from = now.minus(days(100));
            this.until = now.plus(days(100));
            this.issuer = issuer;
            this.issuerKey = issuerKey;
            this.subject = name(commonName);
            this.subjectKey = subjectKey;
        }

        public Order valid(Instant notBefore, Instant notAfter) {
            this.from = notBefore;
            this.until = notAfter;
            return this;
        }

        public Order signedWith(String name) {
            this.algorithm = name;
            return this;
        }

        public Order usage(int bits) {
            return extension(Extension.keyUsage, true, new KeyUsage(bits));
        }

        public Order purposes(KeyPurposeId... purposes) {
            return extension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purposes));
        }

        /** The host names of a server, in subjectAltName. */
        public Order hosts(String... names) {
            GeneralName[] all = Stream.of(names)
                    .map(host -> new GeneralName(GeneralName.dNSName, host))
                    .toArray(GeneralName[]::new);
            return extension(Extension.subjectAlternativeName, false, new GeneralNames(all));
        }

        public Order extension(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
            extensions.add(builder -> {
                try {
                    builder.addExtension(oid, critical, value);
                } catch (CertIOException e) {
                    throw new IllegalStateException(e);
                }
            });
            return this;
        }

        private Order authority() {
            return extension(Extension.basicConstraints, true, new BasicConstraints(true))
                    .usage(KeyUsage.keyCertSign | KeyUsage.cRLSign);
        }

        /** Leaves out what was ordered so far of extensions. */
        public Order without() {
            extensions.clear();
            return this;
        }

        public X509Certificate sign() {
            try {
                JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                        issuer,
                        BigInteger.valueOf(SERIAL.incrementAndGet()),
                        Date.from(from),
                        Date.from(until),
                        subject,
                        subjectKey);
                extensions.forEach(each -> each.accept(builder));
                return new JcaX509CertificateConverter()
                        .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(issuerKey)));
            } catch (GeneralSecurityException | OperatorCreationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A self-signed certificate of a client. */
    public static X509Certificate selfSigned(TestIdentity identity, String algorithm) {
        String commonName = "self-signed " + identity.hostName();
        return new Order(name(commonName), identity.privateKey(), commonName, identity.publicKey(), NOW)
                .signedWith(algorithm)
                .usage(KeyUsage.digitalSignature)
                .sign();
    }

    private static X500Principal name(String commonName) {
        return new X500Principal("CN=" + commonName);
    }

    private static Duration days(int days) {
        return Duration.ofDays(days);
    }
}
