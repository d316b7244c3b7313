package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.HandshakeType;
import org.jspecify.annotations.Nullable;

/** What may happen to a handshake. Alerts are not here: they may come in every state, and the connection handles them. */
public enum Event {
    /** A state that acts by itself is given its turn. */
    PROCEED(null),
    /** The answer that an AWAIT state waits for is there, good or bad. */
    ANSWER(null),
    /** The application asks for another handshake. */
    RENEGOTIATE(null),
    /** The application has nothing more to send. */
    CLOSE_OUTPUT(null),
    HELLO_REQUEST(HandshakeType.HELLO_REQUEST),
    CLIENT_HELLO(HandshakeType.CLIENT_HELLO),
    SERVER_HELLO(HandshakeType.SERVER_HELLO),
    NEW_SESSION_TICKET(HandshakeType.NEW_SESSION_TICKET),
    CERTIFICATE(HandshakeType.CERTIFICATE),
    SERVER_KEY_EXCHANGE(HandshakeType.SERVER_KEY_EXCHANGE),
    CERTIFICATE_REQUEST(HandshakeType.CERTIFICATE_REQUEST),
    SERVER_HELLO_DONE(HandshakeType.SERVER_HELLO_DONE),
    CERTIFICATE_VERIFY(HandshakeType.CERTIFICATE_VERIFY),
    CLIENT_KEY_EXCHANGE(HandshakeType.CLIENT_KEY_EXCHANGE),
    FINISHED(HandshakeType.FINISHED),
    CERTIFICATE_STATUS(HandshakeType.CERTIFICATE_STATUS),
    /** The change_cipher_spec message, which is not a handshake message (RFC 5246 section 7.1). */
    CHANGE_CIPHER_SPEC(null);

    private static final Event[] ALL = values();

    private final @Nullable HandshakeType type;

    Event(@Nullable HandshakeType type) {
        this.type = type;
    }

    /** The event of a handshake message. */
    static Event of(int handshakeType) {
        for (Event event : ALL) {
            if (event.type != null && event.type.code() == handshakeType) {
                return event;
            }
        }
        throw FatalAlert.unexpectedMessage("unknown handshake type " + handshakeType);
    }

    /** The handshake message behind the event, or null. */
    public @Nullable HandshakeType type() {
        return type;
    }
}
