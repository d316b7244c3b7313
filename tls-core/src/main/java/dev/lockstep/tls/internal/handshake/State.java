package dev.lockstep.tls.internal.handshake;

/**
 * Where a handshake stands. The names say what happens next; {@link TransitionTable} says what follows.
 *
 * <p>Waiting is a state, never a flag: a key that answers at once walks through the same states as one that takes a
 * second, only without stopping.
 */
public enum State {
    AWAIT_CLIENT_HELLO(Kind.READ),
    FIND_SESSION(Kind.SEND),
    AWAIT_TICKET_OPENING(Kind.SUSPEND),
    AWAIT_SESSION_LOOKUP(Kind.SUSPEND),
    RESUME_SERVER_HELLO(Kind.SEND),
    RESUME_NEW_SESSION_TICKET(Kind.SEND),
    RESUME_CHANGE_CIPHER_SPEC(Kind.SEND),
    RESUME_FINISHED(Kind.SEND),
    RESUME_AWAIT_CHANGE_CIPHER_SPEC(Kind.READ),
    RESUME_AWAIT_FINISHED(Kind.READ),
    SELECT_CREDENTIAL(Kind.SEND),
    AWAIT_CREDENTIAL(Kind.SUSPEND),
    SEND_SERVER_HELLO(Kind.SEND),
    SEND_CERTIFICATE(Kind.SEND),
    SEND_CERTIFICATE_STATUS(Kind.SEND),
    SIGN_SERVER_KEY_EXCHANGE(Kind.SEND),
    AWAIT_SERVER_KEY_EXCHANGE_SIGNATURE(Kind.SUSPEND),
    SEND_SERVER_KEY_EXCHANGE(Kind.SEND),
    SEND_CERTIFICATE_REQUEST(Kind.SEND),
    SEND_SERVER_HELLO_DONE(Kind.SEND),
    AWAIT_CERTIFICATE(Kind.READ),
    AWAIT_CLIENT_CERTIFICATE_VERDICT(Kind.SUSPEND),
    AWAIT_CLIENT_KEY_EXCHANGE(Kind.READ),
    AWAIT_PSK(Kind.SUSPEND),
    AWAIT_PREMASTER_DECRYPTION(Kind.SUSPEND),
    AWAIT_CERTIFICATE_VERIFY(Kind.READ),
    AWAIT_CHANGE_CIPHER_SPEC(Kind.READ),
    AWAIT_FINISHED(Kind.READ),
    SEND_NEW_SESSION_TICKET(Kind.SEND),
    SEND_CHANGE_CIPHER_SPEC(Kind.SEND),
    SEND_FINISHED(Kind.SEND),
    CONNECTED(Kind.OPEN),
    /** This side has said close_notify and still reads. */
    HALF_CLOSED(Kind.OPEN),
    CLOSED(Kind.END);

    /** What a state needs in order to go on; {@code step()} asks for nothing else. */
    public enum Kind {
        /** Acts by itself. */
        SEND,
        /** Needs a message from the client. */
        READ,
        /** Needs an answer from outside. */
        SUSPEND,
        /** Carries application data. */
        OPEN,
        /** Over. */
        END
    }

    private final Kind kind;

    State(Kind kind) {
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
