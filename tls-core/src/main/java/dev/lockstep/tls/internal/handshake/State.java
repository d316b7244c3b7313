package dev.lockstep.tls.internal.handshake;

/**
 * Where a handshake stands. READ waits for the client, AWAIT for an answer from outside, every other state of a handshake
 * acts by itself. {@link ServerHandshake#TABLE} says what follows.
 *
 * <p>Waiting is a state, never a flag: a key that answers immediately passes through the same states as one that takes a
 * second, only without stopping.
 */
public enum State {
    READ_CLIENT_HELLO(Kind.READ),
    AWAIT_TICKET(Kind.AWAIT),
    AWAIT_SESSION(Kind.AWAIT),
    AWAIT_CREDENTIAL(Kind.AWAIT),
    NEGOTIATE(Kind.ACT),
    SEND_SERVER_HELLO(Kind.ACT),
    SEND_CERTIFICATE(Kind.ACT),
    SEND_CERTIFICATE_STATUS(Kind.ACT),
    MAKE_KEY_SHARE(Kind.ACT),
    AWAIT_SIGNATURE(Kind.AWAIT),
    SEND_SERVER_KEY_EXCHANGE(Kind.ACT),
    SEND_CERTIFICATE_REQUEST(Kind.ACT),
    SEND_SERVER_HELLO_DONE(Kind.ACT),
    READ_CERTIFICATE(Kind.READ),
    AWAIT_VERDICT(Kind.AWAIT),
    READ_CLIENT_KEY_EXCHANGE(Kind.READ),
    AWAIT_SHARED_SECRET(Kind.AWAIT),
    AWAIT_PSK(Kind.AWAIT),
    AWAIT_DECRYPTION(Kind.AWAIT),
    DERIVE_KEYS(Kind.ACT),
    READ_CERTIFICATE_VERIFY(Kind.READ),
    READ_CHANGE_CIPHER_SPEC(Kind.READ),
    READ_FINISHED(Kind.READ),
    SEND_NEW_SESSION_TICKET(Kind.ACT),
    SEND_CHANGE_CIPHER_SPEC(Kind.ACT),
    SEND_FINISHED(Kind.ACT),
    RESUME_SERVER_HELLO(Kind.ACT),
    RESUME_NEW_SESSION_TICKET(Kind.ACT),
    RESUME_CHANGE_CIPHER_SPEC(Kind.ACT),
    RESUME_FINISHED(Kind.ACT),
    RESUME_READ_CHANGE_CIPHER(Kind.READ),
    RESUME_READ_FINISHED(Kind.READ),
    CONNECTED(Kind.OPEN),
    /** The server has sent close_notify and still reads. */
    HALF_CLOSED(Kind.OPEN),
    CLOSED(Kind.END);

    /** What a state needs in order to move; {@code step()} asks for nothing else. */
    public enum Kind {
        /** Nothing: it acts by itself. */
        ACT,
        /** A message from the client. */
        READ,
        /** An answer from outside. */
        AWAIT,
        /** Nothing to move to: application data flows. */
        OPEN,
        /** Nothing: the connection is over. */
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
