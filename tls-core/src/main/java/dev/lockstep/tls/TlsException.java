package dev.lockstep.tls;

import dev.lockstep.tls.spec.AlertDescription;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a connection, which did not end with close_notify of the client. It is latched: every later {@code step},
 * {@code read}, {@code write} and {@code closeOutput} throws the same object again. The message names the alert, the state
 * and the reason, and never a secret.
 */
public final class TlsException extends IOException {

    private static final long serialVersionUID = 1L;

    private final @Nullable AlertDescription alert;
    private final boolean fromPeer;
    private final String state;

    TlsException(
            @Nullable AlertDescription alert,
            boolean fromPeer,
            String state,
            String reason,
            @Nullable Throwable cause) {
        super(message(alert, fromPeer, state, reason), cause);
        this.alert = alert;
        this.fromPeer = fromPeer;
        this.state = state;
    }

    private static String message(@Nullable AlertDescription alert, boolean fromPeer, String state, String reason) {
        String subject = alert == null
                ? "no alert"
                : (fromPeer ? "received " : "sent ") + alert.name().toLowerCase(java.util.Locale.ROOT);
        return subject + " in " + state + ": " + reason;
    }

    /**
     * Returns the alert that was sent or received; null when the transport ended without one, when a key was used up (what was
     * sent is close_notify then), or when the peer's is unknown.
     */
    public @Nullable AlertDescription alert() {
        return alert;
    }

    /** Returns whether the peer sent the alert. */
    public boolean fromPeer() {
        return fromPeer;
    }

    /** Returns the handshake state the connection was in, a name of {@code docs/design/handshake.md}. */
    public String state() {
        return state;
    }
}
