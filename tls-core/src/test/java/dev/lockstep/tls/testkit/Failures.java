package dev.lockstep.tls.testkit;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.List;

/** Collects what observers are told of operations that failed. */
public final class Failures {

    private Failures() {}

    public static ConnectionObserver into(List<Throwable> told) {
        return new ConnectionObserver() {
            @Override
            public void onOperationFailed(SuspensionKind kind, Throwable cause) {
                told.add(cause);
            }
        };
    }
}
