package dev.lockstep.jsse.manager;

import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.spec.AlertDescription;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateRevokedException;

/** Which of the alerts of RFC 5246 7.2.2 says why a trust manager refuses a chain. */
final class Refusals {

    private Refusals() {}

    static Verdict verdict(CertificateException refusal) {
        for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
            AlertDescription alert = alert(cause);
            if (alert != null) {
                return Verdict.rejected(alert, "trust manager: " + refusal.getMessage());
            }
        }
        return Verdict.rejected(AlertDescription.CERTIFICATE_UNKNOWN, "trust manager: " + refusal.getMessage());
    }

    private static @org.jspecify.annotations.Nullable AlertDescription alert(Throwable cause) {
        if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
            return AlertDescription.CERTIFICATE_EXPIRED;
        }
        if (cause instanceof CertificateRevokedException) {
            return AlertDescription.CERTIFICATE_REVOKED;
        }
        if (cause instanceof CertPathBuilderException && cause.getCause() == null) {
            return AlertDescription.UNKNOWN_CA; // no path to an authority that is trusted
        }
        if (cause instanceof CertPathValidatorException failure && failure.getReason() instanceof BasicReason reason) {
            return switch (reason) {
                case EXPIRED, NOT_YET_VALID -> AlertDescription.CERTIFICATE_EXPIRED;
                case REVOKED -> AlertDescription.CERTIFICATE_REVOKED;
                case INVALID_SIGNATURE -> AlertDescription.BAD_CERTIFICATE;
                case ALGORITHM_CONSTRAINED -> AlertDescription.UNSUPPORTED_CERTIFICATE;
                case UNDETERMINED_REVOCATION_STATUS, UNSPECIFIED -> null;
            };
        }
        return null;
    }
}
