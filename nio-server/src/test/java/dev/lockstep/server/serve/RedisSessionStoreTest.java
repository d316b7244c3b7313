package dev.lockstep.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.RedisServer;
import dev.lockstep.server.RedisSessionStore;
import dev.lockstep.server.SharingServer;
import dev.lockstep.testkit.util.Needed;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.session.TicketKey;
import dev.lockstep.tls.session.TicketKeyRing;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two servers with one store in a real Redis, which is there, gone, and there again. */
@Timeout(180)
@Tag("one-jdk")
class RedisSessionStoreTest {

    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final Duration LIFETIME = Duration.ofMinutes(10);

    @TempDir
    Path directory;

    private final byte[] keyFile = new byte[TicketKey.FILE_LENGTH];
    private final Queue<String> keyLog = new ConcurrentLinkedQueue<>();
    private RedisServer redis;
    private RedisSessionStore storeOfOne;
    private RedisSessionStore storeOfTwo;
    private SharingServer one;
    private SharingServer two;

    @BeforeEach
    void start() throws Exception {
        Needed.programs("redis-server procps", "redis-server", "kill");
        new SecureRandom().nextBytes(keyFile);
        redis = new RedisServer(directory);
        redis.start();
        storeOfOne = store();
        storeOfTwo = store();
        one = new SharingServer(builder -> with(builder, storeOfOne));
        two = SharingServer.beside(one, builder -> with(builder, storeOfTwo));
    }

    private RedisSessionStore store() {
        TicketKeyRing ring = TicketKeyRing.of(List.of(TicketKey.of(keyFile)), LIFETIME);
        return new RedisSessionStore(redis.uri(), ring, PATIENCE, LIFETIME);
    }

    private TlsServerConfigBuilder with(TlsServerConfigBuilder builder, RedisSessionStore store) {
        return builder.sessionStore(store).keyLog(keyLog::add);
    }

    @AfterEach
    void stop() {
        for (AutoCloseable closeable : new AutoCloseable[] {one, two, storeOfOne, storeOfTwo, redis}) {
            try {
                if (closeable != null) {
                    closeable.close();
                }
            } catch (Exception e) { // the next one is to be closed all the same
                throw new AssertionError(e);
            }
        }
    }

    private static void await(String what, BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not within 30 seconds: " + what);
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void aSessionOfTheOneIsResumedByTheOther() throws Exception {
        SSLContext client = SharingServer.newClient();
        one.serves(client);
        await("the session in Redis", () -> redis.everything().length > 200);
        two.serves(client);
        one.serves(client);
        assertThat(one.full).hasValue(1);
        assertThat(one.resumed).hasValue(1);
        assertThat(two.full).hasValue(0);
        assertThat(two.resumed).hasValue(1);
        assertThat(one.failedLookups.get() + two.failedLookups.get()).isZero();
    }

    /** RFC 9325 3.4-1: "the resumption information MUST be authenticated and encrypted". */
    @Test
    void whatLiesInRedisShowsNoMasterSecret() throws Exception {
        one.serves(SharingServer.newClient());
        await("the session in Redis", () -> redis.everything().length > 200);
        String stored = HexFormat.of().formatHex(redis.everything());
        String masterSecret = keyLog.remove().split(" ")[2];
        assertThat(masterSecret).hasSize(96);
        assertThat(stored).doesNotContain(masterSecret).doesNotContain(masterSecret.substring(0, 16));
    }

    @Test
    void withoutRedisEveryHandshakeIsAFullOne() throws Exception {
        SSLContext client = SharingServer.newClient();
        one.serves(client);
        redis.stop();
        await("the loss of the connections", () -> !storeOfOne.isConnected() && !storeOfTwo.isConnected());
        for (int i = 0; i < 3; i++) {
            one.serves(client);
            two.serves(client);
        }
        assertThat(one.full).hasValue(4);
        assertThat(two.full).hasValue(3);
        assertThat(one.failedLookups.get()).as("told to the observer").isPositive();
        redis.start();
        await("the new connections", () -> storeOfOne.isConnected() && storeOfTwo.isConnected());
        one.serves(client);
        await("the session in Redis", () -> redis.everything().length > 200);
        two.serves(client);
        assertThat(two.resumed).hasValue(1);
    }

    /** A Redis that takes commands and does not answer costs its patience and no more. */
    @Test
    void aRedisThatHangsIsAFullHandshake() throws Exception {
        SSLContext client = SharingServer.newClient();
        one.serves(client);
        await("the session in Redis", () -> redis.everything().length > 200);
        redis.pause();
        try {
            two.serves(client);
            assertThat(two.full).hasValue(1);
            assertThat(two.failedLookups.get()).isPositive();
        } finally {
            redis.goOn();
        }
    }

    @Test
    void stoppingAndStartingRedisUnderLoadFailsNoHandshake() throws Exception {
        int clients = 3;
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                running.add(threads.submit(() -> {
                    SSLContext client = SharingServer.newClient();
                    int handshakes = 0;
                    while (!stop.get()) {
                        one.serves(client);
                        two.serves(client);
                        handshakes += 2;
                    }
                    return handshakes;
                }));
            }
            for (int round = 0; round < 3; round++) {
                awaitMore(one.resumed::get, running);
                redis.stop();
                awaitMore(one.full::get, running);
                redis.start();
            }
            awaitMore(one.resumed::get, running);
            stop.set(true);
            int handshakes = 0;
            for (Future<Integer> run : running) {
                handshakes += run.get(); // fails if any handshake did
            }
            assertThat(one.full.get() + one.resumed.get() + two.full.get() + two.resumed.get())
                    .isEqualTo(handshakes);
        } finally {
            stop.set(true);
            threads.shutdownNow();
        }
    }

    private static void awaitMore(IntSupplier count, List<Future<Integer>> running) throws Exception {
        int enough = count.getAsInt() + 10;
        await(
                "ten more handshakes",
                () -> count.getAsInt() >= enough || running.stream().anyMatch(Future::isDone));
    }
}
