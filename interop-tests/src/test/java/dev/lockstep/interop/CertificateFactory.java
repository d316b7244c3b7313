package dev.lockstep.interop;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes key pairs and certificates for tests: an authority, what it issues, and self-signed ones. */
public final class CertificateFactory {
    private static final AtomicLong SERIAL = new AtomicLong(System.currentTimeMillis());
    private static final Duration LIFE = Duration.ofDays(30);

    private CertificateFactory() {}

    /** A name with its key and certificate, able to issue. */
    public record Authority(X500Principal name, PrivateKey key, X509Certificate certificate) {
        private static final String SIGNATURE = "SHA256withRSA";

        /** A root, trusted by whoever is given its certificate. */
        public static Authority root(String commonName) throws GeneralSecurityException {
            KeyPair pair = keyPair(KeyKind.RSA_2048);
            X500Principal name = new X500Principal("CN=" + commonName);
            return new Authority(
                    name,
                    pair.getPrivate(),
                    sign(name, name, pair.getPublic(), true, List.of(), pair.getPrivate(), SIGNATURE));
        }

        Authority intermediate(String commonName) throws GeneralSecurityException {
            KeyPair pair = keyPair(KeyKind.RSA_2048);
            X500Principal subject = new X500Principal("CN=" + commonName);
            return new Authority(
                    subject, pair.getPrivate(), sign(name, subject, pair.getPublic(), true, List.of(), key, SIGNATURE));
        }

        X509Certificate issue(PublicKey subjectKey, List<String> hosts) throws GeneralSecurityException {
            return sign(name, new X500Principal("CN=" + hosts.get(0)), subjectKey, false, hosts, key, SIGNATURE);
        }

        /** A certificate for a client: without host names, and good for nothing else. */
        public X509Certificate issueToClient(PublicKey subjectKey, String commonName) throws GeneralSecurityException {
            return sign(name, new X500Principal("CN=" + commonName), subjectKey, false, List.of(), key, SIGNATURE);
        }
    }

    public static KeyPair keyPair(KeyKind kind) throws GeneralSecurityException {
        return keyPair(kind, KeyPairGenerator.getInstance(kind.algorithm()));
    }

    /** GnuTLS reads an EC key only if the public key stands beside it: BouncyCastle writes it, the JDK does not. */
    static KeyPair clientKeyPair(KeyKind kind) throws GeneralSecurityException {
        return keyPair(kind, KeyPairGenerator.getInstance(kind.algorithm(), new BouncyCastleProvider()));
    }

    private static KeyPair keyPair(KeyKind kind, KeyPairGenerator generator) throws GeneralSecurityException {
        if (kind.isRsa()) {
            generator.initialize(Integer.parseInt(kind.parameter()));
        } else if (!kind.parameter().isEmpty()) {
            generator.initialize(new ECGenParameterSpec(kind.parameter()));
        }
        return generator.generateKeyPair();
    }

    public static X509Certificate selfSigned(KeyKind kind, KeyPair pair, List<String> hosts)
            throws GeneralSecurityException {
        X500Principal name = new X500Principal("CN=" + hosts.get(0));
        return sign(name, name, pair.getPublic(), false, hosts, pair.getPrivate(), kind.selfSignature());
    }

    private static X509Certificate sign(
            X500Principal issuer,
            X500Principal subject,
            PublicKey subjectKey,
            boolean authority,
            List<String> hosts,
            PrivateKey issuerKey,
            String algorithm)
            throws GeneralSecurityException {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(SERIAL.incrementAndGet()),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(LIFE)),
                subject,
                subjectKey);
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(subjectKey));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage(subjectKey, authority)));
            if (!authority) {
                KeyPurposeId purpose = hosts.isEmpty() ? KeyPurposeId.id_kp_clientAuth : KeyPurposeId.id_kp_serverAuth;
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
                if (!hosts.isEmpty()) {
                    GeneralName[] names = hosts.stream()
                            .map(host -> new GeneralName(GeneralName.dNSName, host))
                            .toArray(GeneralName[]::new);
                    builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
                }
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(signer(algorithm).build(issuerKey)));
        } catch (CertIOException | OperatorCreationException e) {
            throw new GeneralSecurityException("cannot make the certificate of " + subject, e);
        }
    }

    private static JcaContentSignerBuilder signer(String algorithm) {
        JcaContentSignerBuilder signer = new JcaContentSignerBuilder(algorithm);
        // The JDK has PSS under one name without the hash, BouncyCastle one name per hash.
        return algorithm.endsWith("andMGF1") ? signer.setProvider(new BouncyCastleProvider()) : signer;
    }

    private static int usage(PublicKey key, boolean authority) {
        if (authority) {
            return KeyUsage.keyCertSign | KeyUsage.cRLSign;
        }
        // RFC 5246 7.4.2: an RSA key exchange needs keyEncipherment, a signed one digitalSignature.
        return key.getAlgorithm().equals("RSA")
                ? KeyUsage.digitalSignature | KeyUsage.keyEncipherment
                : KeyUsage.digitalSignature;
    }
}
