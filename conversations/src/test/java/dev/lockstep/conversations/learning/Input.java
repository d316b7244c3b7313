package dev.lockstep.conversations.learning;

import dev.lockstep.tls.spec.ContentType;
import org.jspecify.annotations.Nullable;

/** What may happen to a server: everything that a client can send, and everything that can come from elsewhere. */
public enum Input {
    CLIENT_HELLO(ContentType.HANDSHAKE),
    CERTIFICATE(ContentType.HANDSHAKE),
    NO_CERTIFICATE(ContentType.HANDSHAKE),
    CLIENT_KEY_EXCHANGE(ContentType.HANDSHAKE),
    CERTIFICATE_VERIFY(ContentType.HANDSHAKE),
    CHANGE_CIPHER_SPEC(ContentType.CHANGE_CIPHER_SPEC),
    FINISHED(ContentType.HANDSHAKE),
    // the same in fragments
    CLIENT_HELLO_IN_PARTS(ContentType.HANDSHAKE),
    CLIENT_KEY_EXCHANGE_IN_PARTS(ContentType.HANDSHAKE),
    FINISHED_IN_PARTS(ContentType.HANDSHAKE),
    // with a content that is wrong
    WRONG_PROOF(ContentType.HANDSHAKE),
    WRONG_FINISHED(ContentType.HANDSHAKE),
    // what only a server sends, and what none does
    HELLO_REQUEST(ContentType.HANDSHAKE),
    SERVER_HELLO(ContentType.HANDSHAKE),
    NEW_SESSION_TICKET(ContentType.HANDSHAKE),
    SERVER_KEY_EXCHANGE(ContentType.HANDSHAKE),
    CERTIFICATE_REQUEST(ContentType.HANDSHAKE),
    SERVER_HELLO_DONE(ContentType.HANDSHAKE),
    CERTIFICATE_STATUS(ContentType.HANDSHAKE),
    UNKNOWN_MESSAGE(ContentType.HANDSHAKE),
    WARNING(ContentType.ALERT),
    FATAL_ALERT(ContentType.ALERT),
    CLOSE_NOTIFY(ContentType.ALERT),
    DATA(ContentType.APPLICATION_DATA),
    // events
    END_OF_STREAM(null),
    KEY_DONE(null),
    KEY_FAILS(null),
    /** The time of the operation is over. */
    KEY_LATE(null),
    WAKE_EARLY(null),
    /** The time of the handshake is over. */
    DEADLINE(null),
    /** The application closes. */
    CLOSE(null),
    /** The application has nothing more to send. */
    CLOSE_OUTPUT(null),
    /** The application asks for another handshake. */
    RENEGOTIATE(null);

    private final @Nullable ContentType type;

    Input(@Nullable ContentType type) {
        this.type = type;
    }

    /** The type of the record that it comes in; null for what does not come from the client. */
    public @Nullable ContentType type() {
        return type;
    }

    /** The message that it is, whatever its form or content: the name that the table has for it. */
    public String message() {
        return switch (this) {
            case NO_CERTIFICATE -> CERTIFICATE.name();
            case WRONG_PROOF -> CERTIFICATE_VERIFY.name();
            case WRONG_FINISHED -> FINISHED.name();
            default -> name().replace("_IN_PARTS", "");
        };
    }

    /** Whether it is cut into several records. */
    boolean isInParts() {
        return name().endsWith("_IN_PARTS");
    }
}
