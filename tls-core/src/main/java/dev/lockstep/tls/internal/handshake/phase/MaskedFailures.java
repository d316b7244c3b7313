package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Failures that the peer must not learn of: the handshake goes on with a random value and fails at Finished. The observer
 * gets them once Finished was checked, because an earlier report could become an oracle. For the same reason keeping one
 * costs what keeping none costs: the same stores and the same objects. The library's own exceptions are made for the report.
 */
public final class MaskedFailures {

    /** What the library itself finds wrong with an answer. */
    public enum Defect {
        NO_PREMASTER(Reason.INVALID_OUTPUT, "neither a raw block nor a premaster secret"),
        UNKNOWN_IDENTITY(Reason.KEY_UNAVAILABLE, "there is no pre-shared key of this identity"),
        UNUSABLE_PSK(Reason.INVALID_OUTPUT, "a pre-shared key that is empty or too long");

        private final Reason reason;
        private final String message;

        Defect(Reason reason, String message) {
            this.reason = reason;
            this.message = message;
        }
    }

    /** What one kind of operation came to; both are null where nothing is wrong. */
    private static final class Finding {
        @Nullable
        Throwable cause;

        @Nullable
        Defect defect;
    }

    /** Null in a handshake that masks nothing, as most are. */
    private @Nullable Map<SuspensionKind, Finding> findings;

    /** Keeps what an operation failed with; null for nothing. */
    public void keep(SuspensionKind kind, @Nullable Throwable cause) {
        finding(kind).cause = cause;
    }

    /** Keeps what is wrong with an answer; null for nothing. Not reported where the operation itself failed. */
    public void keep(SuspensionKind kind, @Nullable Defect defect) {
        finding(kind).defect = defect;
    }

    private Finding finding(SuspensionKind kind) {
        if (findings == null) {
            findings = new EnumMap<>(SuspensionKind.class);
        }
        return findings.computeIfAbsent(kind, any -> new Finding());
    }

    /** Reports what was kept; each failure once, even if the observer throws. */
    public void report(ConnectionObserver observer) {
        Map<SuspensionKind, Finding> kept = findings == null ? Map.of() : findings;
        while (!kept.isEmpty()) {
            SuspensionKind kind = kept.keySet().iterator().next();
            Finding finding = kept.remove(kind);
            if (finding != null && finding.cause != null) {
                observer.onOperationFailed(kind, finding.cause);
            } else if (finding != null && finding.defect != null) {
                observer.onOperationFailed(kind, new OperationException(finding.defect.reason, finding.defect.message));
            }
        }
    }
}
