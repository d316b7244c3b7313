package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.AlertLevel;
import org.jspecify.annotations.Nullable;

/**
 * An alert, RFC 5246 7.2. It is a content type of its own, not a handshake message.
 *
 * <pre>
 * struct {
 *     AlertLevel       level;           // uint8
 *     AlertDescription description;     // uint8
 * } Alert;
 * </pre>
 *
 * @param levelCode the level as sent
 * @param descriptionCode the description as sent
 */
public record Alert(int levelCode, int descriptionCode) {
    /** How long an alert is, in bytes. */
    public static final int LENGTH = 2;

    /** Makes an alert. */
    public Alert(AlertLevel level, AlertDescription description) {
        this(level.code(), description.code());
    }

    /** Returns an alert that ends the connection. */
    public static Alert fatal(AlertDescription description) {
        return new Alert(AlertLevel.FATAL, description);
    }

    /** Returns an alert that does not. */
    public static Alert warning(AlertDescription description) {
        return new Alert(AlertLevel.WARNING, description);
    }

    /** Reads exactly two bytes. Unknown numbers are legal here. */
    public static Alert parse(WireReader payload) {
        Alert alert = new Alert(payload.uint8("level"), payload.uint8("description"));
        payload.requireEnd("Alert");
        return alert;
    }

    /** Returns the level, or null if there is no such level. */
    public @Nullable AlertLevel level() {
        return AlertLevel.of(levelCode);
    }

    /** Returns the description, or null if it is unknown here. */
    public @Nullable AlertDescription description() {
        return AlertDescription.of(descriptionCode);
    }

    /** Tells whether this is close_notify, whatever its level. */
    public boolean isCloseNotify() {
        return descriptionCode == AlertDescription.CLOSE_NOTIFY.code();
    }

    /** Returns the two bytes. */
    public byte[] encode() {
        return new byte[] {(byte) levelCode, (byte) descriptionCode};
    }
}
