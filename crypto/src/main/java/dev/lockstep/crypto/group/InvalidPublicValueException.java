package dev.lockstep.crypto.group;

/**
 * The peer's half of a Diffie-Hellman exchange is not acceptable. Says nothing about our own half.
 *
 * <p>Carries no stack trace: a peer can cause it at will.
 */
public final class InvalidPublicValueException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of fault it is, and so which alert it deserves. */
    public enum Kind {
        /** There is no value at all: decode_error. */
        BAD_LENGTH,
        /** There is a value and it is none of the group's, or a useless one: illegal_parameter. */
        BAD_VALUE
    }

    private final Kind kind;

    InvalidPublicValueException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    /**
     * Returns the kind of fault.
     *
     * @return which alert the fault deserves
     */
    public Kind kind() {
        return kind;
    }
}
