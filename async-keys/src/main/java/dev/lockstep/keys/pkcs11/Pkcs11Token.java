package dev.lockstep.keys.pkcs11;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A token over the time: the session in use, and another one after it was lost. Safe for any number of threads; those that
 * find the token lost together wait for one login.
 */
final class Pkcs11Token {

    /**
     * A login that failed is not tried again before this: operations fail fast while the token is away. One that succeeded is not
     * repeated before this either.
     */
    static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** The longest pause between logins that succeed: a device that fails at each operation must not be logged in to for each. */
    static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** How often a login is asked for a key that it had no more, at most. */
    static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What is asked of the device itself. */
    interface Device {

        /** Logs in. */
        Pkcs11Session open() throws OperationException;

        /** Looks which keys a login that lasts has now. */
        Pkcs11Session look(Pkcs11Session session) throws OperationException;
    }

    private final Device device;
    private final Runnable release;
    private final LongSupplier nanoTime;
    private volatile Pkcs11Session current;
    private @Nullable OperationException failure;
    private long failedAt;
    private long renewedAt;

    /** How long after {@link #renewedAt} there is no other login; 0 before the second one. */
    private long pause;

    private long lookedAt;
    private boolean over;
    private boolean closed;

    /**
     * Takes over a login.
     *
     * @param release forgets the PIN
     */
    Pkcs11Token(Device device, Runnable release, Pkcs11Session first, LongSupplier nanoTime) {
        this.device = device;
        this.release = release;
        this.current = first;
        this.nanoTime = nanoTime;
        this.lookedAt = nanoTime.getAsLong() - LOOK_NANOS;
    }

    static Pkcs11Token open(String configuration, Pkcs11Pin pin) throws OperationException {
        pin.use();
        boolean opened = false;
        try {
            Device device = new Device() {
                @Override
                public Pkcs11Session open() throws OperationException {
                    return Pkcs11Session.open(configuration, pin.get());
                }

                @Override
                public Pkcs11Session look(Pkcs11Session session) throws OperationException {
                    return session.lookAgain();
                }
            };
            Pkcs11Token token = new Pkcs11Token(device, pin::release, device.open(), System::nanoTime);
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
        long now = nanoTime.getAsLong();
        OperationException before = failure;
        if (before != null && (over || now - failedAt < PAUSE_NANOS)) {
            throw new OperationException(before.reason(), "the token is lost: " + before.getMessage(), before);
        }
        if (pause > 0 && now - renewedAt < pause) {
            throw new OperationException(
                    Reason.KEY_UNAVAILABLE, "the token was lost soon after a login; another one is made later");
        }
        try {
            current = device.open();
            failure = null;
            boolean isFirstForLong = pause == 0 || now - renewedAt >= 2 * LONGEST_PAUSE_NANOS;
            pause = isFirstForLong ? PAUSE_NANOS : Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            renewedAt = now;
            return current;
        } catch (OperationException e) {
            failure = e;
            failedAt = nanoTime.getAsLong();
            // A token counts wrong PINs and locks itself: a PIN once refused is not sent again.
            over = e.reason() == Reason.REJECTED;
            throw e;
        }
    }

    /**
     * Returns a session that may have a key which {@code without} has not: a token may have come back without its keys, or another
     * one in its place, and have got them since. Looks at most once a second, and returns the same session in between.
     *
     * @throws OperationException when the token is lost and cannot be reached
     */
    synchronized Pkcs11Session look(Pkcs11Session without) throws OperationException {
        long now = nanoTime.getAsLong();
        if (current != without || over || now - lookedAt < LOOK_NANOS) {
            return current;
        }
        lookedAt = now;
        try {
            current = device.look(without);
            return current;
        } catch (OperationException e) {
            return renew(without);
        }
    }

    synchronized void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
        if (!over) {
            over = true;
            failure = new OperationException(Reason.KEY_UNAVAILABLE, "closed");
            current.logout();
        }
    }
}
