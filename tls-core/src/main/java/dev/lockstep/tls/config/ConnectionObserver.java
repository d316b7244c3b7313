package dev.lockstep.tls.config;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Watches connections: for traces, metrics and logs. Every method is called on the thread that drives the connection,
 * must return quickly and must not call the connection. What it throws ends the connection with internal_error. Thrown when
 * the connection ends anyway, it is a suppressed exception of the connection's failure or, after a good end, becomes its
 * failure.
 */
public interface ConnectionObserver {

    /** Watches nothing. */
    ConnectionObserver NONE = new ConnectionObserver() {};

    /**
     * A row of the transition table was taken. The names are those of {@code docs/design/handshake.md}.
     *
     * @param from the state left
     * @param event what happened
     * @param to the state entered
     */
    default void onTransition(String from, String event, String to) {}

    /** The handshake waits for an answer from outside. */
    default void onSuspend(Suspension suspension) {}

    /**
     * A wait ended, with or without a result.
     *
     * @param kind what was waited for
     * @param waitedNanos how long, in nanoseconds of the configured clock
     */
    default void onResume(SuspensionKind kind, long waitedNanos) {}

    /**
     * A key operation or a credential selection failed. A failed decryption is reported only after the client's
     * Finished was checked, since an earlier report could become an oracle.
     */
    default void onOperationFailed(SuspensionKind kind, Throwable cause) {}

    /**
     * A client asked for an OCSP response and the credential's cannot be sent: it is not current any more, what the
     * source gave is not usable, or the source threw. The handshake continues without it.
     *
     * @param credential whose response it is
     * @param reason what is wrong with it, beginning with the field's name
     */
    default void onOcspResponseUnusable(Credential credential, String reason) {}

    /**
     * The connection is over.
     *
     * @param state the state it was in
     * @param failure the latched exception, or null when it was closed in good order
     */
    default void onClosed(String state, @Nullable IOException failure) {}
}
