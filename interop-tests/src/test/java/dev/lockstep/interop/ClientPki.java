package dev.lockstep.interop;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority of clients with its revocation list, good clients with every kind of key, and bad ones. */
final class ClientPki {

    /** What is wrong with a client, and what it must be told. */
    enum Fault {
        STRANGER(48),
        EXPIRED(45),
        REVOKED(44),
        /** A server's certificate. */
        OTHER_PURPOSE(43);

        private final int alert;

        Fault(int alert) {
            this.alert = alert;
        }

        /** The number of the alert. */
        int alert() {
            return alert;
        }
    }

    private final Path directory;
    private final X500Principal issuer = new X500Principal("CN=Lockstep interop authority of clients");
    private final KeyPair issuerKeys = CertificateFactory.keyPair(KeyKind.P256);
    private final KeyPair strangersKeys = CertificateFactory.keyPair(KeyKind.P256);
    private final Map<KeyKind, KeyMaterial> good = new EnumMap<>(KeyKind.class);
    private final Map<Fault, KeyMaterial> bad = new EnumMap<>(Fault.class);
    private final Path authority;
    private final Path revocations;
    private int serial = 1;

    ClientPki(Path directory) throws IOException, GeneralSecurityException {
        this.directory = Files.createDirectories(directory);
        Instant now = Instant.now();
        authority = Pem.write(
                directory.resolve("authority.pem"),
                List.of(certificate(issuerKeys.getPrivate(), issuer, issuerKeys.getPublic(), null, now)));
        for (KeyKind kind : KeyKind.values()) {
            // GnuTLS reads an EC key only with its public half beside it, which BouncyCastle writes.
            KeyPair pair = kind.algorithm().equals("EC")
                    ? CertificateFactory.clientKeyPair(kind)
                    : CertificateFactory.keyPair(kind);
            good.put(kind, client(name(kind), pair, issuerKeys.getPrivate(), KeyPurposeId.id_kp_clientAuth, now));
        }
        for (Fault fault : Fault.values()) {
            KeyPair pair = CertificateFactory.clientKeyPair(KeyKind.P256);
            bad.put(
                    fault,
                    client(
                            fault.name(),
                            pair,
                            fault == Fault.STRANGER ? strangersKeys.getPrivate() : issuerKeys.getPrivate(),
                            fault == Fault.OTHER_PURPOSE
                                    ? KeyPurposeId.id_kp_serverAuth
                                    : KeyPurposeId.id_kp_clientAuth,
                            fault == Fault.EXPIRED ? now.minus(Duration.ofDays(30)) : now));
        }
        revocations = Files.write(
                directory.resolve("revoked.crl"), revocationList(now).getEncoded());
    }

    /** The common name of a good client. */
    static String name(KeyKind kind) {
        return "client with " + kind.fileName();
    }

    Path authority() {
        return authority;
    }

    /** A revocation list, in DER. */
    Path revocations() {
        return revocations;
    }

    KeyMaterial client(KeyKind kind) {
        return Objects.requireNonNull(good.get(kind));
    }

    KeyMaterial client(Fault fault) {
        return Objects.requireNonNull(bad.get(fault));
    }

    private KeyMaterial client(String name, KeyPair pair, PrivateKey signer, KeyPurposeId purpose, Instant now)
            throws IOException, GeneralSecurityException {
        String file = name.replace(' ', '-');
        X500Principal subject = new X500Principal("CN=" + name);
        X509Certificate certificate = certificate(signer, subject, pair.getPublic(), purpose, now);
        return new KeyMaterial(
                Pem.write(directory.resolve(file + ".pem"), List.of(certificate)),
                Pem.write(directory.resolve(file + ".key"), pair.getPrivate()));
    }

    private X509Certificate certificate(
            PrivateKey signer, X500Principal subject, PublicKey key, KeyPurposeId purpose, Instant now)
            throws GeneralSecurityException {
        // A stranger names an authority of its own.
        X500Principal from = signer == strangersKeys.getPrivate() ? new X500Principal("CN=Stranger") : issuer;
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                from,
                BigInteger.valueOf(serialOf(subject)),
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(Duration.ofDays(7))),
                subject,
                key);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(purpose == null));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(
                            purpose == null ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
            if (purpose != null) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
        } catch (CertIOException | OperatorCreationException e) {
            throw new GeneralSecurityException("cannot make the certificate of " + subject, e);
        }
    }

    private int serialOf(X500Principal subject) {
        return subject.getName().endsWith(Fault.REVOKED.name()) ? 1_000_000 : ++serial;
    }

    private X509CRL revocationList(Instant now) throws GeneralSecurityException {
        JcaX509v2CRLBuilder builder = new JcaX509v2CRLBuilder(issuer, Date.from(now.minus(Duration.ofHours(1))));
        builder.setNextUpdate(Date.from(now.plus(Duration.ofDays(7))));
        builder.addCRLEntry(
                BigInteger.valueOf(1_000_000), Date.from(now.minus(Duration.ofHours(2))), CRLReason.keyCompromise);
        try {
            return new JcaX509CRLConverter()
                    .getCRL(builder.build(
                            new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("cannot make the revocation list", e);
        }
    }
}
