package dev.lockstep.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

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

    public static Path write(Path file, PrivateKey key) throws IOException {
        return writePrivateKey(file, key.getEncoded());
    }

    /** @param pkcs8 PrivateKeyInfo in DER (RFC 5208) */
    public static Path writePrivateKey(Path file, byte[] pkcs8) throws IOException {
        StringBuilder text = new StringBuilder();
        append(text, "PRIVATE KEY", pkcs8);
        return Files.writeString(file, text, StandardCharsets.US_ASCII);
    }

    private static void append(StringBuilder text, String label, byte[] der) {
        Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
        text.append("-----BEGIN ").append(label).append("-----\n");
        text.append(lines.encodeToString(der)).append('\n');
        text.append("-----END ").append(label).append("-----\n");
    }
}
