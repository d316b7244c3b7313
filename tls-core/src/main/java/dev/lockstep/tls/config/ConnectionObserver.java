package dev.lockstep.tls.config;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An observer of connections, for traces, metrics and logs. The thread that drives a connection calls every method. A
 * method must return quickly and must not call the connection. If it throws, the connection ends with internal_error. If it
 * throws while the connection ends anyway, the exception is added to the connection's failure as a suppressed one or, if
 * there is no failure, becomes it.
 */
public interface ConnectionObserver {

    /** An observer that does nothing. */
    ConnectionObserver NONE = new ConnectionObserver() {};

    /**
     * Called after each transition. The names are those of {@code docs/design/handshake.md}.
     *
     * @param from the state left
     * @param event what happened
     * @param to the state entered
     */
    default void onTransition(String from, String event, String to) {}

    /** Called when the handshake suspends. */
    default void onSuspend(Suspension suspension) {}

    /**
     * Called when a suspension ends, with or without a result.
     *
     * @param kind what was waited for
     * @param waitedNanos how long, in nanoseconds of the configured clock
     */
    default void onResume(SuspensionKind kind, long waitedNanos) {}

    /**
     * Called when an asynchronous operation failed, or when an executor of the configuration threw at a task of it, which the
     * connection's thread does then. A failed decryption, or look-up of a pre-shared key, is reported only after the check of the
     * client's Finished, since an earlier report could become an oracle; or when the connection ends before that, for example
     * by an alert of the client.
     */
    default void onOperationFailed(SuspensionKind kind, Throwable cause) {}

    /**
     * Called when a client requested an OCSP response and the credential's cannot be sent: it is out of date or otherwise
     * unusable, or its source threw. The handshake continues without it.
     *
     * @param credential whose response it is
     * @param reason what is wrong with it, beginning with the field's name
     */
    default void onOcspResponseUnusable(Credential credential, String reason) {}

    /**
     * Called when the connection has ended.
     *
     * @param state the state it was in
     * @param failure the latched exception, or null when it was closed in good order
     */
    default void onClosed(String state, @Nullable IOException failure) {}
}
