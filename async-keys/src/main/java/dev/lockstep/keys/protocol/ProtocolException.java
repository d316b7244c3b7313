package dev.lockstep.keys.protocol;

/** The other side sent what is no frame of the protocol. Its connection is of no further use. */
public final class ProtocolException extends Exception {

    private static final long serialVersionUID = 1L;

    ProtocolException(String message) {
        super(message);
    }
}
