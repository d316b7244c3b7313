package dev.lockstep.server.keyserver.policy;

import dev.lockstep.server.UsageError;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a certificate permits beside TLS servers. The form of what is signed does not tell other programs that a signature is
 * not for them: a document of S/MIME may have any bytes. The certificate does, if its only purpose is serverAuth.
 */
public final class CertificatePurposes {

    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

    /** RFC 5280 4.2.1.12. */
    private static final Map<String, String> NAMES = Map.of(
            "2.5.29.37.0", "anyExtendedKeyUsage",
            "1.3.6.1.5.5.7.3.2", "clientAuth",
            "1.3.6.1.5.5.7.3.3", "codeSigning",
            "1.3.6.1.5.5.7.3.4", "emailProtection",
            "1.3.6.1.5.5.7.3.8", "timeStamping",
            "1.3.6.1.5.5.7.3.9", "OCSPSigning");

    private CertificatePurposes() {}

    /**
     * Returns a warning of one line about a certificate that is not for TLS servers alone; null for one that is.
     *
     * @param where a file's name, or that of a certificate in a token
     */
    public static @Nullable String warning(String option, String where, X509Certificate certificate) {
        String usage = otherUsage(certificate);
        return usage == null
                ? null
                : UsageError.oneLine(
                        option + ": " + where + " has " + usage + ", so programs other than TLS clients may"
                                + " accept signatures of its key that a TLS server was taken over to obtain; have a certificate"
                                + " issued whose extendedKeyUsage is serverAuth alone");
    }

    private static @Nullable String otherUsage(X509Certificate certificate) {
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            if (purposes == null) {
                return "no extendedKeyUsage";
            }
            List<String> others = purposes.stream()
                    .filter(purpose -> !purpose.equals(SERVER_AUTH))
                    .map(purpose -> NAMES.getOrDefault(purpose, purpose))
                    .toList();
            return others.isEmpty() ? null : "extendedKeyUsage " + String.join(", ", others);
        } catch (CertificateParsingException e) {
            return "an extendedKeyUsage that cannot be read";
        }
    }
}
