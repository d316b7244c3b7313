package dev.lockstep.server.audit;

import java.io.IOException;

/** The log or its key cannot be used: it was changed, it is in use, or it was not written. The message says which. */
public final class KeyUseLogException extends IOException {

    private static final long serialVersionUID = 1L;

    KeyUseLogException(String message) {
        super(message);
    }

    KeyUseLogException(String message, IOException cause) {
        super(message, cause);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
