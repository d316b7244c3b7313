package dev.lockstep.keys.keyserver;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.OptionalLong;

/**
 * A component of an application's selector loop: it has channels there and time limits, but no thread, and it never
 * blocks. All calls come from the thread that runs the loop.
 *
 * <pre>{@code
 * driven.register(selector);
 * while (running) {
 *     selector.select(key -> {
 *         if (key.attachment() instanceof SelectorDriven driven) driven.onReady(key);
 *         else ...
 *     }, millisUntil(driven.nextDeadlineNanos()));
 *     driven.tick(System.nanoTime());
 *     ... // step the connections that were woken
 * }
 * }</pre>
 */
public interface SelectorDriven {

    /**
     * Joins a loop; once. Selection keys carry this object as their attachment.
     *
     * @throws IOException when the selector does not take a channel
     */
    void register(Selector selector) throws IOException;

    /** One of the selection keys with this object as attachment was selected. Never throws for what a peer did. */
    void onReady(SelectionKey key);

    /**
     * Returns when {@link #tick} has something to do, on the scale of the clock; empty when that depends on others
     * alone.
     */
    OptionalLong nextDeadlineNanos();

    /** Does what is due. Calling it more often than necessary does no harm. */
    void tick(long nowNanos);
}
