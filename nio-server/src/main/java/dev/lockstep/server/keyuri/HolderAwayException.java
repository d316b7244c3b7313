package dev.lockstep.server.keyuri;

/** The holder of a key does not answer now: nothing is known about the key, and another try may succeed. */
public final class HolderAwayException extends Exception {

    private static final long serialVersionUID = 1L;

    HolderAwayException(Exception cause) {
        super(cause.getMessage(), cause);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
