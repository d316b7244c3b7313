package dev.lockstep.testkit.client;

/** One thing that the client has seen of the server: a handshake message, or the content of another record. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Seen(Kind kind, byte[] body) {

    /** The names of the RFC's figures. */
    public enum Kind {
        HELLO_REQUEST(0),
        SERVER_HELLO(2),
        NEW_SESSION_TICKET(4),
        CERTIFICATE(11),
        SERVER_KEY_EXCHANGE(12),
        CERTIFICATE_REQUEST(13),
        SERVER_HELLO_DONE(14),
        FINISHED(20),
        CERTIFICATE_STATUS(22),
        CHANGE_CIPHER_SPEC(-1),
        ALERT(-1),
        APPLICATION_DATA(-1);

        private final int handshakeType;

        Kind(int handshakeType) {
            this.handshakeType = handshakeType;
        }

        static Kind ofHandshake(int type) {
            for (Kind kind : values()) {
                if (kind.handshakeType == type) {
                    return kind;
                }
            }
            throw new AssertionError("the server sent handshake type " + type);
        }
    }

    @Override
    public String toString() {
        return kind == Kind.ALERT ? "ALERT(" + body[0] + ", " + body[1] + ")" : kind.name();
    }
}
