package dev.lockstep.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Writes PEM files (RFC 7468). */
public final class Pem {
    private Pem() {}

    public static Path write(Path file, List<X509Certificate> certificates) throws IOException {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            try {
                append(text, "CERTIFICATE", certificate.getEncoded());
            } catch (CertificateEncodingException e) {
                throw new IOException("a certificate without an encoding", e);
            }
        }
        return Files.writeString(file, text, StandardCharsets.US_ASCII);
    }

    /** Writes a private key as PKCS#8 (RFC 5208). */
    public static Path write(Path file, KeyPair pair) throws IOException {
        StringBuilder text = new StringBuilder();
        boolean isEc = pair.getPrivate() instanceof ECPrivateKey;
        append(
                text,
                "PRIVATE KEY",
                isEc ? withPublicKey(pair) : pair.getPrivate().getEncoded());
        return Files.writeString(file, text, StandardCharsets.US_ASCII);
    }

    /**
     * The form of OpenSSL, which GnuTLS and tlslite insist on and the JDK does not write: the public key beside the private
     * one, and the curve not twice.
     */
    private static byte[] withPublicKey(KeyPair pair) throws IOException {
        ECPrivateKey key = (ECPrivateKey) pair.getPrivate();
        SubjectPublicKeyInfo info =
                SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
        return new PrivateKeyInfo(
                        info.getAlgorithm(),
                        new org.bouncycastle.asn1.sec.ECPrivateKey(
                                key.getParams().getOrder().bitLength(), key.getS(), info.getPublicKeyData(), null))
                .getEncoded();
    }

    private static void append(StringBuilder text, String label, byte[] der) {
        Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
        text.append("-----BEGIN ").append(label).append("-----\n");
        text.append(lines.encodeToString(der)).append('\n');
        text.append("-----END ").append(label).append("-----\n");
    }
}
