package dev.lockstep.tls.peer;

import dev.lockstep.tls.spec.AlertDescription;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/** What a {@link ClientCertificateVerifier} finds. */
public sealed interface Verdict {

    /** The client may go on to show that it holds the key. */
    record Accepted() implements Verdict {
        private static final Accepted INSTANCE = new Accepted();
    }

    /**
     * The handshake ends.
     *
     * @param alert what the client is told: one of the seven of RFC 5246 7.2.2 that speak of certificates
     * @param reason what the server's log is told; never sent
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

    /** The chain is good. */
    static Verdict accepted() {
        return Accepted.INSTANCE;
    }

    /**
     * The chain is refused.
     *
     * @throws IllegalArgumentException when the alert is not one of those about certificates
     */
    static Verdict rejected(AlertDescription alert, String reason) {
        return new Rejected(alert, reason);
    }
}
