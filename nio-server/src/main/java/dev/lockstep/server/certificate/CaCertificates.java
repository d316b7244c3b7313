package dev.lockstep.server.certificate;

import dev.lockstep.server.UsageError;
import java.security.cert.X509Certificate;

/**
 * Certificates that must not be a server's own. What a server signs for its clients could be made to pass for a certificate
 * if its own certificate is an authority's.
 */
public final class CaCertificates {

    private static final int KEY_CERT_SIGN = 5; // RFC 5280 4.2.1.3: the bit's number

    private CaCertificates() {}

    /**
     * Refuses the certificate of an authority, unless {@code allowed}.
     *
     * @param where a file's name, or that of a certificate in a token
     */
    public static void refuse(String option, String where, X509Certificate certificate, boolean allowed)
            throws UsageError {
        if (isAuthority(certificate) && !allowed) {
            throw new UsageError(
                    option,
                    where + " is a certificate authority's certificate (basicConstraints CA:TRUE, which is what"
                            + " 'openssl req -x509' makes), so that what its key signs could pass for certificates",
                    "make one with 'openssl req -x509 ... -addext basicConstraints=critical,CA:FALSE', or have one"
                            + " issued; --allow-ca-certificate takes this one");
        }
    }

    /** Whether verifiers may take the certificate for an issuer's; in version 1 nothing says that it is none. */
    static boolean isAuthority(X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        boolean signsCertificates = usage != null && usage.length > KEY_CERT_SIGN && usage[KEY_CERT_SIGN];
        return certificate.getBasicConstraints() >= 0 || signsCertificates || certificate.getVersion() < 3;
    }
}
