package dev.lockstep.tls.peer;

import dev.lockstep.tls.spec.AlertDescription;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The result of a {@link ClientCertificateVerifier}. */
public sealed interface Verdict {

    /**
     * The client may continue and prove that it has the key.
     *
     * @param path the certificates that the verdict is about, the client's own first; they are what the connection reports
     *     and what its session keeps. Empty for all that the client sent, needed or not
     */
    record Accepted(List<X509Certificate> path) implements Verdict {

        private static final Accepted ALL = new Accepted(List.of());

        public Accepted {
            path = List.copyOf(path);
        }
    }

    /**
     * The handshake ends.
     *
     * @param alert the alert for the client: one of the seven of RFC 5246 7.2.2 that are about certificates
     * @param reason for the server's log; never sent
     */
    record Rejected(AlertDescription alert, String reason) implements Verdict {

        private static final Set<AlertDescription> ALERTS = EnumSet.of(
                AlertDescription.BAD_CERTIFICATE,
                AlertDescription.UNSUPPORTED_CERTIFICATE,
                AlertDescription.CERTIFICATE_REVOKED,
                AlertDescription.CERTIFICATE_EXPIRED,
                AlertDescription.CERTIFICATE_UNKNOWN,
                AlertDescription.UNKNOWN_CA,
                AlertDescription.ACCESS_DENIED);

        public Rejected {
            Objects.requireNonNull(reason, "reason");
            if (!ALERTS.contains(alert)) {
                throw new IllegalArgumentException(
                        "alert: " + alert + " says nothing about a certificate; give one of " + ALERTS);
            }
        }
    }

    /**
     * Accepts every certificate of the chain. A verifier that does not look at all of them names those that it accepts: a
     * session keeps what is accepted, and 64 KB of other certificates cost memory.
     */
    static Verdict accepted() {
        return Accepted.ALL;
    }

    /**
     * Accepts the certificates of a path.
     *
     * @param path the client's own certificate first, then those that vouch for it; must begin with the first of the chain
     */
    static Verdict accepted(List<X509Certificate> path) {
        return new Accepted(path);
    }

    /**
     * Returns a refusal of the chain.
     *
     * @throws IllegalArgumentException when the alert is not one of those about certificates
     */
    static Verdict rejected(AlertDescription alert, String reason) {
        return new Rejected(alert, reason);
    }
}
