package dev.lockstep.tls.peer;

import dev.lockstep.tls.spec.AlertDescription;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertPathValidatorException.Reason;
import java.security.cert.PKIXReason;

/** Which of the alerts of RFC 5246 7.2.2 says why a path is not valid. */
final class PkixFailure {

    private PkixFailure() {}

    static Verdict verdict(CertPathValidatorException failure) {
        return Verdict.rejected(alert(failure.getReason()), "path validation: " + failure.getMessage());
    }

    static AlertDescription alert(Reason reason) {
        if (reason instanceof BasicReason basic) {
            return switch (basic) {
                // "A certificate has expired or is not currently valid."
                case EXPIRED, NOT_YET_VALID -> AlertDescription.CERTIFICATE_EXPIRED;
                // "A certificate was revoked by its signer."
                case REVOKED -> AlertDescription.CERTIFICATE_REVOKED;
                // "A certificate was corrupt, contained signatures that did not verify correctly, etc."
                case INVALID_SIGNATURE -> AlertDescription.BAD_CERTIFICATE;
                // "A certificate was of an unsupported type."
                case ALGORITHM_CONSTRAINED -> AlertDescription.UNSUPPORTED_CERTIFICATE;
                // "Some other (unspecified) issue arose in processing the certificate, rendering it unacceptable."
                case UNDETERMINED_REVOCATION_STATUS, UNSPECIFIED -> AlertDescription.CERTIFICATE_UNKNOWN;
            };
        }
        if (reason instanceof PKIXReason pkix) {
            return switch (pkix) {
                // "the certificate was not accepted because the CA certificate could not be located or couldn't be
                // matched with a known, trusted CA."
                case NO_TRUST_ANCHOR, NOT_CA_CERT, INVALID_KEY_USAGE, PATH_TOO_LONG -> AlertDescription.UNKNOWN_CA;
                case UNRECOGNIZED_CRIT_EXT -> AlertDescription.UNSUPPORTED_CERTIFICATE;
                case NAME_CHAINING, INVALID_NAME, INVALID_POLICY -> AlertDescription.BAD_CERTIFICATE;
            };
        }
        return AlertDescription.CERTIFICATE_UNKNOWN;
    }
}
