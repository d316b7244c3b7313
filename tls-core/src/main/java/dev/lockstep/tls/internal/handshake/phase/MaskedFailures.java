package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Failures that the peer must not learn of: the handshake continues with a random value and fails at Finished. The observer
 * gets them once Finished was checked, or at the end of a connection that ends before, because an earlier report could become an
 * oracle. For the same reason keeping one costs what keeping none costs: the same objects, and the same stores. Where nothing is
 * wrong, something stands for that, because the barrier of a garbage collector does less work for a null. The library's own
 * exceptions are made for the report.
 */
public final class MaskedFailures {

    /** What the library itself finds wrong with an answer. */
    public enum Defect {
        NONE(Reason.INVALID_OUTPUT, "nothing is wrong"),
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

    /** What one kind of operation came to. */
    private static final class Finding {
        Progress<?> end = Progress.inProgress();
        Defect defect = Defect.NONE;

        @Nullable
        Throwable failure() {
            if (end instanceof Progress.Failed<?> failed) {
                return failed.cause();
            }
            return defect == Defect.NONE ? null : new OperationException(defect.reason, defect.message);
        }
    }

    /** Immutable, and shared by all, in a handshake that masks nothing, as most are. */
    private Map<SuspensionKind, Finding> findings = Map.of();

    /** Keeps how an operation ended. The value of a good end is wiped by the one who uses it. */
    public void keep(SuspensionKind kind, Progress<?> end) {
        finding(kind).end = end;
    }

    /** Keeps what is wrong with an answer. Not reported where the operation itself failed. */
    public void keep(SuspensionKind kind, Defect defect) {
        finding(kind).defect = defect;
    }

    private Finding finding(SuspensionKind kind) {
        if (findings.isEmpty()) {
            findings = new EnumMap<>(SuspensionKind.class);
        }
        return findings.computeIfAbsent(kind, any -> new Finding());
    }

    /** Reports what was kept; each failure once, even if the observer throws. */
    public void report(ConnectionObserver observer) {
        while (!findings.isEmpty()) {
            SuspensionKind kind = findings.keySet().iterator().next();
            Finding finding = findings.remove(kind);
            Throwable failure = finding == null ? null : finding.failure();
            if (failure != null) {
                observer.onOperationFailed(kind, failure);
            }
        }
    }
}
