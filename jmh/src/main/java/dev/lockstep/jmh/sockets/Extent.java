package dev.lockstep.jmh.sockets;

import java.time.Duration;

/**
 * How much of a load there is.
 *
 * @param threads of the clients
 * @param connections at the same time, those of all threads
 * @param warmUpLimit ends a warm-up that has not reached its number of operations
 * @param measured how long operations are counted
 */
record Extent(int threads, int connections, Duration warmUpLimit, Duration measured) {
    private static final int CONNECTIONS = 24;
    private static final Duration LONGEST_WARM_UP = Duration.ofSeconds(60);

    /** Half of the processors for the clients, so that they do not take all of the server's. */
    static Extent of(Duration measured) {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        return new Extent(threads, Math.max(CONNECTIONS, 8 * threads), LONGEST_WARM_UP, measured);
    }
}
