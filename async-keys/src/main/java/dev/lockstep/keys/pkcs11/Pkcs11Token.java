package dev.lockstep.keys.pkcs11;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A token over the time: the session in use, and another one after it was lost. Safe for any number of threads; those that
 * find the token lost together wait for one login.
 */
final class Pkcs11Token {

    /** A login that failed is not tried again before this: operations fail fast while the token is away. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final String configuration;
    private final Pkcs11Pin pin;
    private volatile Pkcs11Session current;
    private @Nullable OperationException failure;
    private long failedAt;
    private boolean over;
    private boolean closed;

    private Pkcs11Token(String configuration, Pkcs11Pin pin, Pkcs11Session first) {
        this.configuration = configuration;
        this.pin = pin;
        this.current = first;
    }

    static Pkcs11Token open(String configuration, Pkcs11Pin pin) throws OperationException {
        pin.use();
        boolean opened = false;
        try {
            Pkcs11Token token = new Pkcs11Token(configuration, pin, Pkcs11Session.open(configuration, pin.get()));
            opened = true;
            return token;
        } finally {
            if (!opened) {
                pin.release();
            }
        }
    }

    Pkcs11Session session() {
        return current;
    }

    /**
     * Returns the session after {@code lost}: one that another thread has made already, or a new one.
     *
     * @throws OperationException when the token cannot be reached, or must not be tried again
     */
    synchronized Pkcs11Session renew(Pkcs11Session lost) throws OperationException {
        if (current != lost) {
            return current;
        }
        OperationException before = failure;
        if (before != null && (over || System.nanoTime() - failedAt < PAUSE_NANOS)) {
            throw new OperationException(before.reason(), "the token is lost: " + before.getMessage(), before);
        }
        try {
            current = Pkcs11Session.open(configuration, pin.get());
            failure = null;
            return current;
        } catch (OperationException e) {
            failure = e;
            failedAt = System.nanoTime();
            // A token counts wrong PINs and locks itself: a PIN once refused is not sent again.
            over = e.reason() == Reason.REJECTED;
            throw e;
        }
    }

    synchronized void close() {
        if (!closed) {
            closed = true;
            pin.release();
        }
        if (!over) {
            over = true;
            failure = new OperationException(Reason.KEY_UNAVAILABLE, "closed");
            current.logout();
        }
    }
}
