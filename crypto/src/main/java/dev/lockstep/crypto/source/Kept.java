package dev.lockstep.crypto.source;

import java.security.GeneralSecurityException;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Objects of a provider that are costly to make and serve one thread at a time: as many are kept as were ever in use together.
 * Thread-safe.
 *
 * @param <T> what is kept; nothing of an operation that is over may be left in it
 */
public final class Kept<T> {
    /** Makes one more. */
    @FunctionalInterface
    public interface Maker<T> {
        T make() throws GeneralSecurityException;
    }

    /** What is done with one. */
    @FunctionalInterface
    public interface Use<T, R> {
        R with(T object) throws GeneralSecurityException;
    }

    private final Maker<T> maker;
    private final ConcurrentLinkedQueue<T> idle = new ConcurrentLinkedQueue<>();

    public Kept(Maker<T> maker) {
        this.maker = maker;
    }

    /**
     * Does something with an object, which is kept unless it fails.
     *
     * @throws GeneralSecurityException if the provider fails, in whatever way
     */
    public <R> R use(Use<T, R> use) throws GeneralSecurityException {
        try {
            T object = idle.poll();
            if (object == null) {
                object = maker.make();
            }
            R result = use.with(object);
            if (result == null) {
                throw new GeneralSecurityException("the provider gives nothing");
            }
            idle.add(object);
            return result;
        } catch (RuntimeException e) {
            // A boundary: providers report what fails outside Java as they like.
            throw new GeneralSecurityException("the provider failed", e);
        }
    }

    /** Drops what is kept. */
    public void clear() {
        idle.clear();
    }
}
