package dev.lockstep.tls.credential;

import dev.lockstep.tls.setting.ConfigException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.List;

/** What a server's certificate chain must be before any client sees it. Validity in time is the application's matter. */
final class ChainRules {

    /** RFC 9325 4.5-3: "When using RSA, servers MUST authenticate using certificates with at least a 2048-bit modulus". */
    private static final int SMALLEST_RSA_MODULUS = 2048;

    private ChainRules() {}

    /**
     * Refuses a chain that RFC 5246 7.4.2 does not let a server send.
     *
     * @param chain at least one certificate
     */
    static void require(List<X509Certificate> chain) {
        for (X509Certificate certificate : chain) {
            // RFC 5246 7.4.2-5: "The certificate type MUST be X.509v3, unless explicitly negotiated otherwise"
            if (certificate.getVersion() != 3) {
                throw refused(name(certificate) + " is of X.509 version " + certificate.getVersion(), "use version 3");
            }
        }
        requireLength(chain.get(0));
        // RFC 5246 7.4.2-3, 7.4.2-4: "The sender's certificate MUST come first in the list. Each following certificate
        // MUST directly certify the one preceding it."
        for (int i = 1; i < chain.size(); i++) {
            if (!certifies(chain.get(i), chain.get(i - 1))) {
                throw refused(
                        name(chain.get(i)) + " did not issue " + name(chain.get(i - 1)) + ", which stands before it",
                        "put the server's own certificate first and then the issuer of each");
            }
        }
    }

    private static void requireLength(X509Certificate certificate) {
        PublicKey key = certificate.getPublicKey();
        if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < SMALLEST_RSA_MODULUS) {
            throw refused(
                    name(certificate) + " is for an RSA key of "
                            + rsa.getModulus().bitLength() + " bits",
                    "use one of " + SMALLEST_RSA_MODULUS + " bits or more");
        }
    }

    private static boolean certifies(X509Certificate issuer, X509Certificate subject) {
        if (!subject.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
            return false;
        }
        try {
            subject.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false; // another key of that name, or no key that could have signed this
        }
    }

    private static String name(X509Certificate certificate) {
        return "'" + certificate.getSubjectX500Principal().getName() + "'";
    }

    private static ConfigException refused(String what, String fix) {
        return new ConfigException("chain", what, fix);
    }
}
