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
 * costs what keeping none costs: a store, with nothing allocated. The library's own exceptions are made for the report.
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

    private final Map<SuspensionKind, @Nullable Throwable> causes = new EnumMap<>(SuspensionKind.class);
    private final Map<SuspensionKind, @Nullable Defect> defects = new EnumMap<>(SuspensionKind.class);

    /** Keeps what an operation failed with; null for nothing. */
    public void keep(SuspensionKind kind, @Nullable Throwable cause) {
        causes.put(kind, cause);
    }

    /** Keeps what is wrong with an answer; null for nothing. Not reported where the operation itself failed. */
    public void keep(SuspensionKind kind, @Nullable Defect defect) {
        defects.put(kind, defect);
    }

    /** Reports what was kept; each failure once, even if the observer throws. */
    public void report(ConnectionObserver observer) {
        for (SuspensionKind kind : SuspensionKind.values()) {
            Throwable cause = causes.remove(kind);
            Defect defect = defects.remove(kind);
            if (cause != null) {
                observer.onOperationFailed(kind, cause);
            } else if (defect != null) {
                observer.onOperationFailed(kind, new OperationException(defect.reason, defect.message));
            }
        }
    }
}
