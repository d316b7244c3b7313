package dev.lockstep.nio;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.OptionalLong;

/**
 * A component that shares the thread and the selector of a {@link TlsLoop}, such as the client of a key server. The
 * loop's thread calls every method; none may block.
 */
public interface LoopGuest {

    /**
     * Registers the guest's channels; called once, before the loop runs.
     *
     * @throws IOException when the selector does not take a channel
     */
    void register(Selector selector) throws IOException;

    /** Called on the loop's thread before everything else, when the loop begins to run. */
    default void onStart() {}

    /** Returns whether a selection key is one of the guest's. */
    boolean owns(SelectionKey key);

    /** Called when one of the guest's keys was selected. */
    void onReady(SelectionKey key);

    /** Returns when {@link #tick} has something to do, on the scale of {@link System#nanoTime}; empty for never. */
    OptionalLong nextDeadlineNanos();

    /** Does what is due. The loop calls this in every turn. */
    void tick(long nowNanos);
}
