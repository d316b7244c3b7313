package dev.lockstep.tls.peer;

import static dev.lockstep.testkit.certificate.TestAuthority.NOW;

import dev.lockstep.testkit.certificate.TestAuthority;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v1CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * One certificate to be made, in which names and keys are independent of each other: an authority may have several keys,
 * and several certificates for one key. Keys are P-256, and the same for the same name within a run.
 */
final class Certs {

    private static final Map<String, KeyPair> KEYS = new ConcurrentHashMap<>();
    private static final AtomicLong SERIAL = new AtomicLong(1_000_000);

    private record Extra(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {}

    private final String subject;
    private final String subjectKey;
    private String issuer;
    private String issuerKey;
    private Instant from = NOW.minus(Duration.ofDays(100));
    private Instant until = NOW.plus(Duration.ofDays(100));
    private String algorithm = "SHA256withECDSA";
    private boolean versionOne;
    private final List<Extra> extras = new ArrayList<>();

    private Certs(String subject, String subjectKey) {
        this.subject = subject;
        this.subjectKey = subjectKey;
        this.issuer = subject;
        this.issuerKey = subjectKey;
    }

    /** Self-signed until {@link #by} says otherwise, valid around now, and without any extension. */
    static Certs of(String subject, String key) {
        return new Certs(subject, key);
    }

    /** An authority as it should be, with key identifiers. */
    static Certs authority(String subject, String key) {
        return of(subject, key)
                .ca(-1)
                .usage(KeyUsage.keyCertSign | KeyUsage.cRLSign)
                .identified(key);
    }

    /** A client certificate as it should be, with the identifier of its issuer's key. */
    static Certs client(String subject, String issuer, String issuerKey) {
        return of(subject, "client " + subject)
                .by(issuer, issuerKey)
                .extra(Extension.basicConstraints, true, new BasicConstraints(false))
                .usage(KeyUsage.digitalSignature)
                .purposes(KeyPurposeId.id_kp_clientAuth)
                .issuerKeyIdentified(issuerKey);
    }

    static KeyPair key(String name) {
        return KEYS.computeIfAbsent(name, none -> TestAuthority.keyPair("EC", "secp256r1"));
    }

    /** Gives a name a key of another kind. */
    static void key(String name, KeyPair pair) {
        KEYS.put(name, pair);
    }

    Certs by(String name, String key) {
        issuer = name;
        issuerKey = key;
        return this;
    }

    /** An authority; a negative path length is no limit. */
    Certs ca(int pathLength) {
        return extra(
                Extension.basicConstraints,
                true,
                pathLength < 0 ? new BasicConstraints(true) : new BasicConstraints(pathLength));
    }

    Certs usage(int bits) {
        return extra(Extension.keyUsage, true, new KeyUsage(bits));
    }

    Certs purposes(KeyPurposeId... purposes) {
        return extra(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
    }

    Certs host(String name) {
        return extra(
                Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
    }

    Certs permitting(int kind, String name) {
        return extra(Extension.nameConstraints, true, new NameConstraints(subtrees(kind, name), null));
    }

    Certs excluding(int kind, String name) {
        return extra(Extension.nameConstraints, true, new NameConstraints(null, subtrees(kind, name)));
    }

    private static GeneralSubtree[] subtrees(int kind, String name) {
        return new GeneralSubtree[] {
            new GeneralSubtree(
                    kind == GeneralName.directoryName
                            ? new GeneralName(new X500Name(name))
                            : new GeneralName(kind, name))
        };
    }

    Certs identified(String key) {
        try {
            return extra(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key(key).getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    Certs issuerKeyIdentified(String key) {
        try {
            return extra(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(key(key).getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    Certs expired() {
        return valid(NOW.minus(Duration.ofDays(100)), NOW.minus(Duration.ofDays(1)));
    }

    Certs early() {
        return valid(NOW.plus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(100)));
    }

    private Certs valid(Instant notBefore, Instant notAfter) {
        from = notBefore;
        until = notAfter;
        return this;
    }

    Certs signedWith(String name) {
        algorithm = name;
        return this;
    }

    /** X.509 version 1, without extensions. */
    Certs versionOne() {
        versionOne = true;
        return this;
    }

    /** Replaces an extension that is there already. */
    Certs extra(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
        without(oid);
        extras.add(new Extra(oid, critical, value));
        return this;
    }

    Certs without(ASN1ObjectIdentifier oid) {
        extras.removeIf(each -> each.oid().equals(oid));
        return this;
    }

    X509Certificate sign() {
        BigInteger serial = BigInteger.valueOf(SERIAL.incrementAndGet());
        try {
            ContentSigner signer =
                    new JcaContentSignerBuilder(algorithm).build(key(issuerKey).getPrivate());
            if (versionOne) {
                return new JcaX509CertificateConverter()
                        .getCertificate(new JcaX509v1CertificateBuilder(
                                        name(issuer),
                                        serial,
                                        Date.from(from),
                                        Date.from(until),
                                        name(subject),
                                        key(subjectKey).getPublic())
                                .build(signer));
            }
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    name(issuer),
                    serial,
                    Date.from(from),
                    Date.from(until),
                    name(subject),
                    key(subjectKey).getPublic());
            for (Extra extra : extras) {
                builder.addExtension(extra.oid(), extra.critical(), extra.value());
            }
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A revocation list, in force for a day more or out of date. */
    static X509CRL crl(String issuer, String key, boolean current, X509Certificate... revoked) {
        Instant next = NOW.plus(Duration.ofDays(current ? 1 : -1));
        try {
            JcaX509v2CRLBuilder builder =
                    new JcaX509v2CRLBuilder(name(issuer), Date.from(NOW.minus(Duration.ofDays(2))));
            builder.setNextUpdate(Date.from(next));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(key(key).getPublic()));
            for (X509Certificate each : revoked) {
                builder.addCRLEntry(
                        each.getSerialNumber(), Date.from(NOW.minus(Duration.ofDays(3))), CRLReason.keyCompromise);
            }
            return new JcaX509CRLConverter()
                    .getCRL(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key(key).getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X500Principal name(String commonName) {
        return new X500Principal("CN=" + commonName);
    }
}
