package dev.lockstep.keys.keyserver.protocol;

/** The other side sent what is no frame of the protocol. Its connection is of no further use. */
public final class ProtocolException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Says what was wrong, without quoting bytes. */
    public ProtocolException(String message) {
        super(message);
    }
}
