package dev.lockstep.server;

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

    static final Limits DEFAULT = new Limits(
            20_000, Duration.ofMinutes(5).toNanos(), Duration.ofSeconds(5).toNanos(), 1 << 20);
}
