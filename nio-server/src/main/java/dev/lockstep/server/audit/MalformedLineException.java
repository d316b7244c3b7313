package dev.lockstep.server.audit;

/** A line is not spelled as the log spells; the message continues where "line 7" stops. */
final class MalformedLineException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedLineException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
