package dev.lockstep.server;

import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.Bounds;
import java.time.Duration;

/**
 * What the loop allows its peers.
 *
 * @param connections how many are open at once; further ones wait in the kernel's backlog
 * @param idle how long an open connection may be silent, in nanoseconds
 * @param farewell how long the last bytes and the peer's end may take after the server's last word, in nanoseconds
 * @param farewellBytes how many bytes are read and dropped meanwhile
 */
record Limits(int connections, long idle, long farewell, int farewellBytes) {

    /**
     * What one peer can make the server hold, in bytes, rounded up: the fragments of the longest ClientHello in an array
     * that grew by doubling, and a buffer each for input, output and plaintext.
     */
    static final long WORST_OF_ONE_PEER =
            2L * Bounds.DEFAULT.maxClientHello() + 4L * TlsServerConnection.NETWORK_BUFFER_SIZE;

    private static final int MOST_CONNECTIONS = 20_000;

    static final Limits DEFAULT = new Limits(
            connectionsFor(Runtime.getRuntime().maxMemory()),
            Duration.ofMinutes(5).toNanos(),
            Duration.ofSeconds(5).toNanos(),
            1 << 20);

    /** As many as the heap bears when every one of them is hostile: out of memory would end all of them. */
    static int connectionsFor(long heapBytes) {
        return (int) Math.max(1, Math.min(MOST_CONNECTIONS, heapBytes / WORST_OF_ONE_PEER));
    }
}
