package dev.lockstep.server.ops;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Two observers of the connections of one configuration.
 *
 * @param first is told first
 * @param second is told afterwards
 */
public record Observers(ConnectionObserver first, ConnectionObserver second) implements ConnectionObserver {

    @Override
    public void onTransition(String from, String event, String to) {
        first.onTransition(from, event, to);
        second.onTransition(from, event, to);
    }

    @Override
    public void onSuspend(Suspension suspension) {
        first.onSuspend(suspension);
        second.onSuspend(suspension);
    }

    @Override
    public void onResume(SuspensionKind kind, long waitedNanos) {
        first.onResume(kind, waitedNanos);
        second.onResume(kind, waitedNanos);
    }

    @Override
    public void onOperationFailed(SuspensionKind kind, Throwable cause) {
        first.onOperationFailed(kind, cause);
        second.onOperationFailed(kind, cause);
    }

    @Override
    public void onOcspResponseUnusable(Credential credential, String reason) {
        first.onOcspResponseUnusable(credential, reason);
        second.onOcspResponseUnusable(credential, reason);
    }

    @Override
    public void onClosed(String state, @Nullable IOException failure) {
        first.onClosed(state, failure);
        second.onClosed(state, failure);
    }
}
