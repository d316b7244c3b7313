package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.ArrayList;
import java.util.List;

/**
 * Failures that the peer must not learn of: the handshake goes on with a random value and fails at Finished. The observer
 * gets them once Finished was checked, because an earlier report could become an oracle.
 */
public final class MaskedFailures {

    private record Failure(SuspensionKind kind, Throwable cause) {}

    private List<Failure> failures = List.of();

    /** Keeps a failure for later, the first one of each kind. */
    public void add(SuspensionKind kind, Throwable cause) {
        if (failures.stream().noneMatch(failure -> failure.kind == kind)) {
            failures = new ArrayList<>(failures);
            failures.add(new Failure(kind, cause));
        }
    }

    /** Reports what was kept; each failure once, even if the observer throws. */
    public void report(ConnectionObserver observer) {
        while (!failures.isEmpty()) {
            Failure first = failures.get(0);
            failures = failures.subList(1, failures.size());
            observer.onOperationFailed(first.kind, first.cause);
        }
    }
}
