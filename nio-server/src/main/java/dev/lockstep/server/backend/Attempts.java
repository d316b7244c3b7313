package dev.lockstep.server.backend;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one connection to reach its backend: the addresses one after the other, each with its share of the time
 * that is left, so that one that is silent leaves time for the others.
 */
final class Attempts {

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

    private final Queue<SocketAddress> untried;
    private final long end;
    private @Nullable SocketAddress current;
    private long pause = FIRST_PAUSE;
    private boolean again;

    /** @param limit the time for all of them together */
    Attempts(List<SocketAddress> addresses, Duration limit) {
        untried = new ArrayDeque<>(addresses);
        end = System.nanoTime() + limit.toNanos();
    }

    /** Returns the address to try now; null when none is left, or no time. */
    @Nullable
    SocketAddress next() {
        if (!again) {
            current = left() > 0 ? untried.poll() : null;
        }
        again = false;
        return current;
    }

    /** Returns the address that is being tried. */
    @Nullable
    SocketAddress current() {
        return current;
    }

    /** Returns how long the address that is being tried may take. */
    Duration share() {
        return Duration.ofNanos(left() / (untried.size() + 1));
    }

    /**
     * The attempt has failed immediately.
     *
     * @return how long to wait before the next one, at the same address; null to try the next address now
     */
    @Nullable
    Duration pauseAfter(IOException failure) {
        // EAGAIN of a Unix-domain socket: its backlog is full, and the system does not wait for room as it does over
        // TCP.
        boolean full = current instanceof UnixDomainSocketAddress
                && String.valueOf(failure.getMessage()).contains("temporarily unavailable");
        long before = pause;
        again = full && left() > before;
        pause = Math.min(LONGEST_PAUSE, 2 * before);
        return again ? Duration.ofNanos(before) : null;
    }

    private long left() {
        return Math.max(0, end - System.nanoTime());
    }
}
