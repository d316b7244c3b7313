package dev.lockstep.keys.keyserver;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** One attempt to connect: which addresses are left to try, and how long each may take. For one thread. */
final class ConnectionAttempt {

    private final CompletableFuture<List<SocketAddress>> lookup;
    private final long endNanos;
    private @Nullable Deque<SocketAddress> left;

    /**
     * @param lookup gives the addresses in the order in which they are tried; cancelled when they are not taken
     * @param endNanos when all of them have had their time
     */
    ConnectionAttempt(CompletableFuture<List<SocketAddress>> lookup, long endNanos) {
        this.lookup = lookup;
        this.endNanos = endNanos;
    }

    /** Returns whether the addresses have come and none of them was tried yet. */
    boolean isReady() {
        return left == null && lookup.isDone();
    }

    /** Returns whether the addresses have not come yet. */
    boolean isLookingUp() {
        return !lookup.isDone();
    }

    /**
     * Takes over the addresses that have come.
     *
     * @throws IOException when there is none
     */
    void begin() throws IOException {
        try {
            left = new ArrayDeque<>(lookup.join());
        } catch (CompletionException | CancellationException e) {
            left = new ArrayDeque<>();
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("its host name has no address (" + cause + ")", cause);
        }
    }

    /** Returns the next address; null when all were tried, or none is known. */
    @Nullable
    SocketAddress next() {
        return left == null ? null : left.poll();
    }

    /** Returns whether {@link #next} has another one. */
    boolean hasNext() {
        return left != null && !left.isEmpty();
    }

    /** Returns until when the address that {@link #next} gave last is tried: those that are left have a like share. */
    long due(long now) {
        return now + Math.max(0, endNanos - now) / (1 + (left == null ? 0 : left.size()));
    }

    /** Takes no addresses any more: those that come later are the next attempt's. */
    void abandon() {
        lookup.cancel(false);
    }
}
