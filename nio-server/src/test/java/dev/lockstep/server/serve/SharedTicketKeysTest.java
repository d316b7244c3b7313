package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.SharingServer;
import dev.lockstep.tls.session.TicketKey;
import dev.lockstep.tls.session.TicketKeyRing;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers that share ticket keys, with the JDK's client, over sockets. */
@Timeout(120)
@Tag("one-jdk")
class SharedTicketKeysTest {

    private static final Duration WINDOW = Duration.ofHours(1);

    private static byte[] keyFile() {
        byte[] content = new byte[TicketKey.FILE_LENGTH];
        new SecureRandom().nextBytes(content);
        return content;
    }

    private static TicketKeyRing ring(byte[]... files) {
        return TicketKeyRing.of(keys(files), WINDOW);
    }

    private static List<TicketKey> keys(byte[]... files) {
        return List.of(files).stream().map(TicketKey::of).toList();
    }

    @Test
    void serversWithTheSameKeyResumeEachOthersSessionsAndAStrangerDoesNot() throws Exception {
        byte[] file = keyFile();
        try (SharingServer one = new SharingServer(builder -> builder.tickets(ring(file)));
                SharingServer two = SharingServer.beside(one, builder -> builder.tickets(ring(file)));
                SharingServer stranger = SharingServer.beside(two, builder -> builder.tickets(ring(keyFile())))) {
            SSLContext client = SharingServer.newClient();
            one.serves(client);
            two.serves(client);
            one.serves(client);
            assertThat(one.full).hasValue(1);
            assertThat(one.resumed).hasValue(1);
            assertThat(two.full).hasValue(0);
            assertThat(two.resumed).hasValue(1);
            stranger.serves(client);
            assertThat(stranger.full).hasValue(1);
            assertThat(stranger.resumed).hasValue(0);
            assertThat(stranger.failedLookups)
                    .as("a foreign ticket is no failure")
                    .hasValue(0);
        }
    }

    /** Each key first as the second one everywhere, then as the first one: no handshake fails, and none is a full one. */
    @Test
    void rotationUnderLoadLosesNoHandshakeAndNoSession() throws Exception {
        byte[] current = keyFile();
        TicketKeyRing ringOfOne = ring(current);
        TicketKeyRing ringOfTwo = ring(current);
        int clients = 3;
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try (SharingServer one = new SharingServer(builder -> builder.tickets(ringOfOne));
                SharingServer two = SharingServer.beside(one, builder -> builder.tickets(ringOfTwo))) {
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                running.add(threads.submit(() -> {
                    SSLContext client = SharingServer.newClient();
                    int handshakes = 0;
                    while (!stop.get() || handshakes < 20) {
                        one.serves(client);
                        two.serves(client);
                        handshakes += 2;
                    }
                    return handshakes;
                }));
            }
            for (int rotation = 0; rotation < 10; rotation++) {
                byte[] next = keyFile();
                for (TicketKeyRing ring : List.of(ringOfOne, ringOfTwo)) {
                    ring.rotateTo(keys(current, next));
                }
                int before = one.resumed.get() + two.resumed.get();
                for (TicketKeyRing ring : List.of(ringOfOne, ringOfTwo)) {
                    ring.rotateTo(keys(next, current));
                }
                while (one.resumed.get() + two.resumed.get() < before + 20
                        && running.stream().noneMatch(Future::isDone)) {
                    Thread.onSpinWait();
                }
                current = next;
            }
            stop.set(true);
            int handshakes = 0;
            for (Future<Integer> run : running) {
                handshakes += run.get(); // fails if any handshake did
            }
            assertThat(one.full.get() + two.full.get()).as("full handshakes").isEqualTo(clients);
            assertThat(one.resumed.get() + two.resumed.get()).isEqualTo(handshakes - clients);
        } finally {
            stop.set(true);
            threads.shutdownNow();
        }
    }
}
