package dev.lockstep.nio;

import java.time.Duration;

/**
 * Limits on what a client may cost. A duration of more than a century, such as that of {@link
 * java.time.temporal.ChronoUnit#FOREVER}, is one of a century.
 *
 * @param connections how many connections a {@link TlsLoop} has open at the same time, at least 1
 * @param perNetwork how many of them one network may have, at least 1: an IPv4 address, or the first 64 bits of an IPv6
 *     address. A server behind a proxy, whose clients have one address, wants as many as {@code connections}
 * @param memory about how many bytes all connections of a {@link TlsLoop} may hold together, at least 64 KiB; beyond that
 *     those are ended that hold most, handshakes first
 * @param hello how long a client may take to send a complete ClientHello
 * @param evictable the age from which a {@link TlsLoop} that is full may end a handshake in favour of a new connection
 * @param idle how long a connection may be without a whole record in either direction; not counted while its handshake is
 *     suspended with a limit of its own
 * @param farewell how long the last bytes, and then the client's end of stream, may take after {@link TlsChannel#close}
 * @param farewellBytes how many bytes are read and dropped meanwhile, 0 or more
 */
public record Limits(
        int connections,
        int perNetwork,
        long memory,
        Duration hello,
        Duration evictable,
        Duration idle,
        Duration farewell,
        int farewellBytes) {

    /**
     * The heap that the default number of connections assumes for each, in bytes. Measured on JDK 17 in a {@link
     * TlsLoop} with the handler of a small HTTP server: 2.4 KiB for a silent connection, 8 KiB for one that waits for
     * its client in the middle of a handshake, 13 KiB if that includes a client certificate. {@link #memory} limits
     * the sum.
     */
    public static final int COST_OF_A_CONNECTION = 8192;

    /** The smallest {@link #memory}, in bytes. */
    public static final int LEAST_MEMORY = 1 << 16;

    private static final int MOST_CONNECTIONS = 20_000;

    /** The part of the heap that connections may have: the rest is for keys, sessions and the application. */
    private static final int PART_OF_THE_HEAP = 4;

    /** The part of all connections that one network may have. */
    private static final int PART_OF_A_NETWORK = 4;

    /** What a process with several loops, key servers and logs has open; with few descriptors it gets half of them. */
    private static final int DESCRIPTORS_BESIDE_CONNECTIONS = 128;

    /** Below that a share would refuse a single user with a few programs. */
    private static final int LEAST_SHARE = 16;

    /**
     * The default limits: a quarter of the heap for connections; as many connections as find room in it at {@link
     * #COST_OF_A_CONNECTION} each, at most 20,000, and a quarter of those for one network; 10 seconds for a
     * ClientHello, handshakes evictable after 2 seconds, 5 minutes of idleness, 5 seconds and 1 MiB for the farewell.
     */
    public static final Limits DEFAULT = forHeap(Runtime.getRuntime().maxMemory());

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a number is out of its range or a duration is not positive
     */
    public Limits {
        requireAtLeast("connections", connections, 1);
        requireAtLeast("perNetwork", perNetwork, 1);
        requireAtLeast("memory", memory, LEAST_MEMORY);
        requireAtLeast("farewellBytes", farewellBytes, 0);
        requirePositive("hello", hello);
        requirePositive("evictable", evictable);
        requirePositive("idle", idle);
        requirePositive("farewell", farewell);
    }

    private static void requireAtLeast(String name, long number, long least) {
        if (number < least) {
            throw new IllegalArgumentException(name + ": " + number + " is not at least " + least);
        }
    }

    private static void requirePositive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(name + ": " + duration + " is not positive");
        }
    }

    /** Returns the defaults for a heap of this size. */
    static Limits forHeap(long bytes) {
        long memory = Math.max(LEAST_MEMORY, bytes / PART_OF_THE_HEAP);
        int connections = (int) Math.max(1, Math.min(MOST_CONNECTIONS, memory / COST_OF_A_CONNECTION));
        return new Limits(
                connections,
                shareOf(connections),
                memory,
                Duration.ofSeconds(10),
                Duration.ofSeconds(2),
                Duration.ofMinutes(5),
                Duration.ofSeconds(5),
                1 << 20);
    }

    private static int shareOf(int connections) {
        return Math.max(Math.min(connections, LEAST_SHARE), connections / PART_OF_A_NETWORK);
    }

    /** Returns these limits with another number of connections, and a quarter of it, at least 16, for each network. */
    public Limits withConnections(int number) {
        return withConnections(number, shareOf(number));
    }

    /** Returns these limits with other numbers of connections. */
    public Limits withConnections(int number, int ofANetwork) {
        return new Limits(number, ofANetwork, memory, hello, evictable, idle, farewell, farewellBytes);
    }

    /**
     * Returns these limits with no more connections than there are descriptors for, and a quarter of those, at least 16, for
     * each network: otherwise one network could take all descriptors. Some are left for files, selectors and key servers.
     *
     * @param descriptors how many the process may have open ({@code ulimit -n})
     * @param each how many a connection takes, at least 1: 2 where its handler opens another socket
     * @return these limits themselves when there are enough descriptors
     */
    public Limits withinDescriptors(long descriptors, int each) {
        requireAtLeast("each", each, 1);
        long free = descriptors - Math.min(DESCRIPTORS_BESIDE_CONNECTIONS, descriptors / 2);
        long most = Math.max(1, free / each);
        return connections <= most ? this : withConnections((int) most);
    }

    /** Returns these limits with another number of bytes for all connections. */
    public Limits withMemory(long bytes) {
        return new Limits(connections, perNetwork, bytes, hello, evictable, idle, farewell, farewellBytes);
    }

    /** Returns these limits with another time for the ClientHello. */
    public Limits withHello(Duration time) {
        return new Limits(connections, perNetwork, memory, time, evictable, idle, farewell, farewellBytes);
    }

    /** Returns these limits with another age from which a handshake may be ended in favour of a new connection. */
    public Limits withEvictable(Duration age) {
        return new Limits(connections, perNetwork, memory, hello, age, idle, farewell, farewellBytes);
    }

    /** Returns these limits with another time of idleness. */
    public Limits withIdle(Duration time) {
        return new Limits(connections, perNetwork, memory, hello, evictable, time, farewell, farewellBytes);
    }

    /** Returns these limits with other bounds of the farewell. */
    public Limits withFarewell(Duration time, int bytes) {
        return new Limits(connections, perNetwork, memory, hello, evictable, idle, time, bytes);
    }
}
