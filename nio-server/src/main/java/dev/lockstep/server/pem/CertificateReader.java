package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/** Takes the certificates out of the blocks of one file, and says what becomes of all others. */
final class CertificateReader {

    private final String option;
    private final Path file;
    private final Reading reading;
    private final Set<X509Certificate> found = new LinkedHashSet<>();
    private boolean sawPrivateKey;
    private @Nullable String other;

    CertificateReader(String option, Path file, Reading reading) {
        this.option = option;
        this.file = file;
        this.reading = reading;
    }

    List<X509Certificate> read(List<PemBlock> blocks) throws UsageError {
        for (PemBlock block : blocks) {
            take(block);
        }
        if (found.isEmpty()) {
            String cause = " holds " + (sawPrivateKey ? "a private key and " : "") + "no certificate"
                    + (other == null ? "" : ", only " + other);
            throw new UsageError(option, file + cause, "give a file with -----BEGIN CERTIFICATE-----, the leaf first");
        }
        return List.copyOf(found);
    }

    private void take(PemBlock block) throws UsageError {
        if (block.line() > 0 && (block.isCertificate() || block.isTrustedCertificate())) {
            int end = add(block, block.content(), 0);
            if (block.isTrustedCertificate()) {
                requireUnrestricted(block, end);
            } else if (end < block.content().length) {
                throw damaged(block, block.content(), new IOException("something stands behind it in its block"));
            }
        } else if (block.isPkcs7() || block.type().equals(DerKind.PKCS7.name())) {
            addAll(block, ChainOrder.sorted(pkcs7(block)));
        } else if (block.type().equals(DerKind.PKCS12.name())) {
            Pkcs12File store = Pkcs12File.open(option, file, block.content(), reading.password());
            addAll(block, store.certificates());
            sawPrivateKey |= store.hasKeys();
        } else if (block.line() == 0) {
            takeBinary(block);
        } else if (block.isPrivateKey()) {
            sawPrivateKey = true;
        } else if (block.type().equals("X509 CRL") && option.equals("--client-ca")) {
            note(block, "a revocation list, which only counts when --client-crl names the file too");
        } else if (!block.type().equals("EC PARAMETERS")) { // they belong to a key
            other = Harmless.describe(block.type());
            note(block, other);
        }
    }

    /** A file in DER: a certificate, or several one behind another. */
    private void takeBinary(PemBlock block) throws UsageError {
        DerKind kind = DerKind.valueOf(block.type());
        if (kind != DerKind.CERTIFICATE) {
            throw new UsageError(
                    option, file + " is " + kind.description() + ", not a certificate", "give the certificate's file");
        }
        int at = 0;
        while (at < block.content().length) {
            at = add(block, block.content(), at);
        }
    }

    /** Adds the certificate at an index and returns the index behind it. */
    private int add(PemBlock block, byte[] content, int from) throws UsageError {
        int end = DerKind.end(content, from);
        try {
            addAll(block, List.of(certificate(new ByteArrayInputStream(content, from, end - from))));
            return end;
        } catch (CertificateException | RuntimeException e) { // a boundary: decoders fail in many ways
            throw damaged(block, content, e);
        }
    }

    private static X509Certificate certificate(ByteArrayInputStream der) throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(der);
    }

    private void addAll(PemBlock block, Collection<X509Certificate> certificates) {
        for (X509Certificate certificate : certificates) {
            if (!found.add(certificate)) {
                note(block, certificate.getSubjectX500Principal().getName() + " for the second time");
            }
        }
    }

    private List<X509Certificate> pkcs7(PemBlock block) throws UsageError {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory x509 = CertificateFactory.getInstance("X.509");
            for (Certificate certificate : x509.generateCertificates(new ByteArrayInputStream(block.content()))) {
                certificates.add((X509Certificate) certificate);
            }
        } catch (CertificateException | RuntimeException e) {
            throw damaged(block, block.content(), e);
        }
        if (certificates.isEmpty()) {
            note(block, "a PKCS#7 structure without certificates");
        }
        return certificates;
    }

    private UsageError damaged(PemBlock block, byte[] content, Exception e) {
        if (hasExplicitCurve(content)) {
            return new UsageError(
                    option,
                    file + " holds a certificate (" + block.where() + ") whose key has its curve written out, which RFC"
                            + " 5480 2.1.1 forbids",
                    "have it issued for a key made with '-pkeyopt ec_param_enc:named_curve'");
        }
        return new UsageError(
                option,
                file + " holds a damaged certificate, " + block.where() + " (" + reason(e) + ")",
                "fetch the file again");
    }

    /** What a decoder says, without the names of classes. */
    private static String reason(Exception e) {
        return String.valueOf(e.getMessage()).replaceAll("([a-z]+\\.)+[A-Za-z0-9]+(Exception|Error): ", "");
    }

    private static boolean hasExplicitCurve(byte[] content) {
        try (ASN1InputStream in = new ASN1InputStream(content)) {
            SubjectPublicKeyInfo key = org.bouncycastle.asn1.x509.Certificate.getInstance(in.readObject())
                    .getSubjectPublicKeyInfo();
            return key.getAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)
                    && key.getAlgorithm().getParameters() instanceof ASN1Sequence;
        } catch (IOException | RuntimeException e) { // a boundary, as above
            return false;
        }
    }

    /**
     * Behind a TRUSTED CERTIFICATE stands what it is trusted for: {@code SEQUENCE { trust SEQUENCE OF OID OPTIONAL, reject
     * [0] SEQUENCE OF OID OPTIONAL, ... }}. A certificate that is not trusted for clients must not become their authority.
     */
    private void requireUnrestricted(PemBlock block, int end) throws UsageError {
        byte[] content = block.content();
        if (end == content.length || !option.equals("--client-ca")) {
            return;
        }
        try (ASN1InputStream in = new ASN1InputStream(new ByteArrayInputStream(content, end, content.length - end))) {
            boolean trusted = true;
            for (Object part : ASN1Sequence.getInstance(in.readObject())) {
                if (part instanceof ASN1Sequence uses) {
                    trusted =
                            names(uses, KeyPurposeId.id_kp_clientAuth) || names(uses, KeyPurposeId.anyExtendedKeyUsage);
                } else if (part instanceof ASN1TaggedObject tagged && tagged.getTagNo() == 0) {
                    ASN1Sequence uses = ASN1Sequence.getInstance(tagged, false);
                    trusted &= !names(uses, KeyPurposeId.id_kp_clientAuth)
                            && !names(uses, KeyPurposeId.anyExtendedKeyUsage);
                }
            }
            if (trusted) {
                return;
            }
        } catch (IOException | RuntimeException e) { // a boundary, as above
            throw damaged(block, content, e);
        }
        throw new UsageError(
                option,
                file + " " + block.where() + ": the settings in this TRUSTED CERTIFICATE do not trust it for clients",
                "if you do: openssl x509 -in FILE -clrtrust -out NEW, or leave it out");
    }

    private static boolean names(ASN1Sequence uses, KeyPurposeId use) {
        for (Object each : uses) {
            if (ASN1ObjectIdentifier.getInstance(each).equals(use.toOID())) {
                return true;
            }
        }
        return false;
    }

    private void note(PemBlock block, String what) {
        reading.notes().accept(option + ": " + file + " " + block.where() + " is not used: " + what);
    }
}
