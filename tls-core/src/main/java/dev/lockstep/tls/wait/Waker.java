package dev.lockstep.tls.wait;

/**
 * A callback that tells a suspended connection that its answer may be ready.
 *
 * <p>One waker belongs to one wait. It may be called from any thread, at any time (also before the {@code start}
 * method that received it has returned) and any number of times; calls may be coalesced but are never lost. A waker
 * whose wait has ended does nothing, so it can never complete a later one. Publish the result first, then wake.
 */
@FunctionalInterface
public interface Waker {

    /** Asks for the connection to be stepped again. Never blocks, never throws. */
    void wake();
}
