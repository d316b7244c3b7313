package dev.lockstep.nio;

import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.Bounds;
import java.time.Duration;

/**
 * Limits on what a client may cost.
 *
 * @param connections how many connections a {@link TlsLoop} has open at the same time, at least 1
 * @param hello how long a client may take to send a complete ClientHello
 * @param evictable the age from which a {@link TlsLoop} that is full may end a handshake in favour of a new connection
 * @param idle how long a connection may be without a whole record in either direction
 * @param farewell how long the last bytes, and then the client's end of stream, may take after {@link TlsChannel#close}
 * @param farewellBytes how many bytes are read and dropped meanwhile, 0 or more
 */
public record Limits(
        int connections, Duration hello, Duration evictable, Duration idle, Duration farewell, int farewellBytes) {

    /**
     * What one client can make the server hold, in bytes, rounded up: the fragments of the longest ClientHello in an
     * array that grew by doubling, and a buffer each for input, output and plaintext.
     */
    static final long WORST_OF_ONE_PEER =
            2L * Bounds.DEFAULT.maxClientHello() + 4L * TlsServerConnection.NETWORK_BUFFER_SIZE;

    private static final int MOST_CONNECTIONS = 20_000;

    /**
     * As many connections as the heap bears if every client is hostile, at most 20,000; 10 seconds for a ClientHello,
     * handshakes evictable after 2 seconds, 5 minutes of idleness, 5 seconds and 1 MiB for the farewell.
     */
    public static final Limits DEFAULT = new Limits(
            connectionsFor(Runtime.getRuntime().maxMemory()),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofMinutes(5),
            Duration.ofSeconds(5),
            1 << 20);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a number is out of its range or a duration is not positive
     */
    public Limits {
        if (connections < 1) {
            throw new IllegalArgumentException("connections: " + connections + " is not at least 1");
        }
        if (farewellBytes < 0) {
            throw new IllegalArgumentException("farewellBytes: " + farewellBytes + " is negative");
        }
        requirePositive("hello", hello);
        requirePositive("evictable", evictable);
        requirePositive("idle", idle);
        requirePositive("farewell", farewell);
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(name + ": " + duration + " is not positive");
        }
    }

    /** Returns these limits with another number of connections. */
    public Limits withConnections(int number) {
        return new Limits(number, hello, evictable, idle, farewell, farewellBytes);
    }

    /** Returns these limits with another time for the ClientHello. */
    public Limits withHello(Duration time) {
        return new Limits(connections, time, evictable, idle, farewell, farewellBytes);
    }

    /** Returns these limits with another age from which a handshake may be ended in favour of a new connection. */
    public Limits withEvictable(Duration age) {
        return new Limits(connections, hello, age, idle, farewell, farewellBytes);
    }

    /** Returns these limits with another time of idleness. */
    public Limits withIdle(Duration time) {
        return new Limits(connections, hello, evictable, time, farewell, farewellBytes);
    }

    /** Returns these limits with other bounds of the farewell. */
    public Limits withFarewell(Duration time, int bytes) {
        return new Limits(connections, hello, evictable, idle, time, bytes);
    }

    /** Returns as many as the heap bears when every client is hostile: running out of memory would end all of them. */
    static int connectionsFor(long heapBytes) {
        return (int) Math.max(1, Math.min(MOST_CONNECTIONS, heapBytes / WORST_OF_ONE_PEER));
    }
}
