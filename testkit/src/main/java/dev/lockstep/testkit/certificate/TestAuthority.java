package dev.lockstep.testkit.certificate;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.EdECPrivateKey;
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
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
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
        return root(commonName, keyPair("EC", "secp256r1"), now);
    }

    /** The same with this key. */
    public static TestAuthority root(String commonName, KeyPair pair, Instant now) {
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
        return intermediate(commonName, keyPair("EC", "secp256r1"), change);
    }

    /** The same with this key. */
    public TestAuthority intermediate(String commonName, KeyPair pair, Consumer<Order> change) {
        Order order = order(commonName, pair.getPublic()).authority();
        change.accept(order);
        return new TestAuthority(order.sign(), pair.getPrivate(), now);
    }

    /** An authority below this one, with a P-256 key of its own. */
    public TestAuthority intermediate(String commonName) {
        return intermediate(commonName, order -> {});
    }

    /** A client certificate with everything in order until the order is changed. */
    public Order order(String commonName, PublicKey subjectKey) {
        return new Order(certificate.getSubjectX500Principal(), key, commonName, subjectKey, now);
    }

    /** A good server certificate: digitalSignature, and keyEncipherment for RSA (RFC 5246 section 7.4.2). */
    public X509Certificate server(PublicKey subjectKey, String... hosts) {
        return order(hosts[0], subjectKey).server(hosts).sign();
    }

    /** A self-signed certificate of a server, otherwise as {@link #server} makes it. */
    public static X509Certificate selfSignedServer(KeyPair pair, Instant now, String... hosts) {
        return new Order(name(hosts[0]), pair.getPrivate(), hosts[0], pair.getPublic(), now)
                .server(hosts)
                .sign();
    }

    /** A good client certificate for the identity's key. */
    public X509Certificate client(TestIdentity identity) {
        return client(identity.publicKey(), "client " + identity.hostName());
    }

    /** A good client certificate for a key. */
    public X509Certificate client(PublicKey subjectKey, String commonName) {
        return order(commonName, subjectKey)
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
                    .getCRL(builder.build(signer(algorithm(key)).build(key)));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The certificate of the authority. */
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
        private String algorithm;

        private Order(
                X500Principal issuer, PrivateKey issuerKey, String commonName, PublicKey subjectKey, Instant now) {
            this.from = now.minus(days(100));
            this.until = now.plus(days(100));
            this.issuer = issuer;
            this.issuerKey = issuerKey;
            this.algorithm = algorithm(issuerKey);
            this.subject = name(commonName);
            this.subjectKey = subjectKey;
        }

        /** Another validity than 100 days around the authority's moment. */
        public Order valid(Instant notBefore, Instant notAfter) {
            this.from = notBefore;
            this.until = notAfter;
            return this;
        }

        /** Another signature algorithm than fits the issuer's key best, by its JDK name. */
        public Order signedWith(String name) {
            this.algorithm = name;
            return this;
        }

        /** The critical keyUsage, of the bits that {@link KeyUsage} names. */
        public Order usage(int bits) {
            return extension(Extension.keyUsage, true, new KeyUsage(bits));
        }

        /** The critical extendedKeyUsage. */
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

        /** The subjectKeyIdentifier, a hash of the subject's key. */
        public Order identified() {
            try {
                JcaX509ExtensionUtils utils = new JcaX509ExtensionUtils();
                return extension(Extension.subjectKeyIdentifier, false, utils.createSubjectKeyIdentifier(subjectKey));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Any extension. */
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
                    .usage(KeyUsage.keyCertSign | KeyUsage.cRLSign)
                    .identified();
        }

        private Order server(String... names) {
            boolean decrypts = subjectKey.getAlgorithm().equals("RSA");
            return usage(KeyUsage.digitalSignature | (decrypts ? KeyUsage.keyEncipherment : 0))
                    .purposes(KeyPurposeId.id_kp_serverAuth)
                    .hosts(names)
                    .identified();
        }

        /** Leaves out what was ordered so far of extensions. */
        public Order without() {
            extensions.clear();
            return this;
        }

        /** Makes the certificate. */
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
                        .getCertificate(builder.build(signer(algorithm).build(issuerKey)));
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

    /** How a key signs certificates unless told otherwise. */
    private static String algorithm(PrivateKey key) {
        if (key instanceof ECKey ec) {
            int bits = ec.getParams().getOrder().bitLength();
            return (bits > 384 ? "SHA512" : bits > 256 ? "SHA384" : "SHA256") + "withECDSA";
        }
        if (key instanceof EdECPrivateKey edwards) {
            return edwards.getParams().getName();
        }
        return key.getAlgorithm().equals("RSASSA-PSS") ? "SHA256withRSAandMGF1" : "SHA256withRSA";
    }

    private static JcaContentSignerBuilder signer(String algorithm) {
        JcaContentSignerBuilder signer = new JcaContentSignerBuilder(algorithm);
        // the JDK has PSS under one name without the hash, BouncyCastle one name for each hash
        return algorithm.endsWith("andMGF1") ? signer.setProvider(new BouncyCastleProvider()) : signer;
    }

    private static X500Principal name(String commonName) {
        return new X500Principal("CN=" + commonName);
    }

    private static Duration days(int days) {
        return Duration.ofDays(days);
    }
}
