package dev.lockstep.server.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nio.Limits;
import dev.lockstep.nio.Shortage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A server that is full says so, in few lines however often it happens. */
class ShortageLinesTest {

    private final List<String> lines = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong();
    private final ShortageLines said = new ShortageLines(
            lines::add, Limits.DEFAULT.withConnections(8000, 2000).withMemory(64 << 20), clock::get);

    @Test
    void theFirstShortageIsSaidAndTheNextOnesAreCounted() {
        for (int i = 0; i < 1000; i++) {
            said.onShortage(Shortage.CONNECTIONS, null);
        }
        assertThat(lines).containsExactly("8000 connections are open; the oldest handshakes end for new ones");
        clock.addAndGet(Duration.ofSeconds(11).toNanos());
        said.onShortage(Shortage.CONNECTIONS, null);
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).endsWith("; 999 times more since the last such line");
    }

    @Test
    void eachKindHasItsOwnLine() throws Exception {
        InetSocketAddress client = new InetSocketAddress(InetAddress.getByName("192.0.2.7"), 4000);
        for (Shortage shortage : Shortage.values()) {
            said.onShortage(shortage, shortage == Shortage.NETWORK ? client : null);
        }
        assertThat(lines).hasSize(Shortage.values().length).noneMatch(line -> line.startsWith("full"));
        assertThat(lines).contains("192.0.2.7 and its network have 2000 connections; further ones are refused");
        assertThat(lines).contains("the connections hold 64 MiB; those that hold most end");
    }
}
