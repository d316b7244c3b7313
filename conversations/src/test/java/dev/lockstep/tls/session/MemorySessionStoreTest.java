package dev.lockstep.tls.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.session.Sessions.WallClock;
import dev.lockstep.tls.spec.CipherSuite;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemorySessionStoreTest {

    private final WallClock clock = new WallClock();

    private MemorySessionStore store(int capacity) {
        return new MemorySessionStore(capacity, Duration.ofMinutes(5), clock);
    }

    private static Optional<ResumableSession> find(MemorySessionStore store, int number) throws Exception {
        return Sessions.now(store.start(new SessionLookup(Sessions.id(number), null, OptionalLong.empty()), () -> {}));
    }

    @Test
    void whatWasPutIsFoundAsOftenAsAskedAndEachTimeAsACopy() throws Exception {
        MemorySessionStore store = store(10);
        ResumableSession mine = Sessions.of(3, clock.seconds);
        store.put(Sessions.id(1), mine);
        mine.destroy();
        for (int i = 0; i < 2; i++) {
            ResumableSession found = find(store, 1).orElseThrow();
            assertThat(found.masterSecret()).isEqualTo(Sessions.secret(3));
            found.destroy();
        }
        assertThat(find(store, 2)).isEmpty();
    }

    @Test
    void anotherSessionOfTheSameIdReplacesTheFirst() throws Exception {
        MemorySessionStore store = store(10);
        store.put(Sessions.id(1), Sessions.of(3, clock.seconds));
        store.put(Sessions.id(1), Sessions.of(4, clock.seconds));
        assertThat(find(store, 1).orElseThrow().masterSecret()).isEqualTo(Sessions.secret(4));
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void aSessionEndsWithItsLifetimeAndNotBefore() throws Exception {
        MemorySessionStore store = store(10);
        store.put(Sessions.id(1), Sessions.of(3, clock.seconds));
        clock.seconds += 299;
        assertThat(find(store, 1)).isPresent();
        clock.seconds += 1;
        assertThat(find(store, 1)).isEmpty();
        assertThat(store.size()).isZero();
    }

    @Test
    void aWallClockThatIsSetBackKeepsNoSessionLonger() throws Exception {
        AtomicLong nanos = new AtomicLong();
        MemorySessionStore store = new MemorySessionStore(10, 1 << 16, Duration.ofMinutes(5), clock, nanos::get);
        store.put(Sessions.id(1), Sessions.of(3, clock.seconds));
        clock.seconds -= 1_000_000;
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(299));
        assertThat(find(store, 1)).isPresent();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        store.dropExpired();
        assertThat(store.size()).isZero();
    }

    /** The time runs from the full handshake on: putting an old session again gives it no new life. */
    @Test
    void putDoesNotExtendALifetime() throws Exception {
        MemorySessionStore store = store(10);
        ResumableSession old = Sessions.of(3, clock.seconds);
        clock.seconds += 299;
        store.put(Sessions.id(1), old);
        clock.seconds += 1;
        assertThat(find(store, 1)).isEmpty();
    }

    @Test
    void sessionsPastTheirTimeMakeRoomWithoutBeingAskedFor() {
        MemorySessionStore store = store(10);
        for (int i = 0; i < 9; i++) {
            store.put(Sessions.id(i), Sessions.of(i, clock.seconds));
        }
        clock.seconds += 300;
        store.put(Sessions.id(100), Sessions.of(3, clock.seconds));
        assertThat(store.size()).isEqualTo(1);
    }

    /** A master secret opens what was recorded: it does not outlive its session because nothing is put in its place. */
    @Test
    void aLookUpDropsTheSessionsPastTheirTime() throws Exception {
        MemorySessionStore store = store(10);
        store.put(Sessions.id(1), Sessions.of(1, clock.seconds));
        store.put(Sessions.id(2), Sessions.of(2, clock.seconds));
        clock.seconds += 1;
        store.put(Sessions.id(3), Sessions.of(3, clock.seconds));
        clock.seconds += 299;
        assertThat(find(store, 3)).isPresent();
        assertThat(store.size()).isEqualTo(1);
    }

    @Test
    void anIdleStoreDropsItsSessionsWhenItIsTold() {
        MemorySessionStore store = store(10_000); // of many shards
        for (int i = 0; i < 1000; i++) {
            store.put(Sessions.id(i), Sessions.of(i & 0x7f, clock.seconds + i % 2));
        }
        clock.seconds += 299;
        store.dropExpired();
        assertThat(store.size()).isEqualTo(1000);
        clock.seconds += 2;
        store.dropExpired();
        assertThat(store.size()).isZero();
        assertThat(store.bytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 63, 64, 100, 1000, 1023, 4097})
    void theCapacityIsNeverExceeded(int capacity) {
        MemorySessionStore store = store(capacity);
        for (int i = 0; i < 3 * capacity + 100; i++) {
            store.put(Sessions.id(i), Sessions.of(1, clock.seconds));
            assertThat(store.size()).isLessThanOrEqualTo(capacity);
        }
        assertThat(store.size()).isGreaterThan(capacity * 9 / 10 - 1);
    }

    @Test
    void theOldestGoesFirst() throws Exception {
        MemorySessionStore store = store(3);
        for (int i = 0; i < 5; i++) {
            store.put(Sessions.id(i), Sessions.of(i, clock.seconds));
        }
        assertThat(find(store, 0)).isEmpty();
        assertThat(find(store, 1)).isEmpty();
        for (int i = 2; i < 5; i++) {
            assertThat(find(store, i)).isPresent();
        }
    }

    private ResumableSession vouching(int certificates) {
        return ResumableSession.builder(
                        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, Sessions.secret(1), clock.seconds)
                .clientChain(Collections.nCopies(certificates, TestIdentity.RSA_2048.certificate()))
                .build();
    }

    /** Clients choose how long their certificates are; together they take what the store was given. */
    @ParameterizedTest
    @ValueSource(ints = {1, 10, 25})
    void theBytesAreNeverExceeded(int certificates) throws Exception {
        for (int capacity : new int[] {10, 1000}) {
            MemorySessionStore store = store(capacity);
            long most = Math.max(1 << 16, 2048L * capacity);
            for (int i = 0; i < 2000; i++) {
                store.put(Sessions.id(i), vouching(certificates));
                assertThat(store.bytes()).isBetween(1L, most);
            }
            assertThat(find(store, 1999)).isPresent();
            store.clear();
            assertThat(store.bytes()).isZero();
        }
    }

    @Test
    void aStoreTakesTheBytesThatItIsGiven() throws Exception {
        MemorySessionStore store = new MemorySessionStore(1_000, 1 << 16, Duration.ofMinutes(5), clock);
        for (int i = 0; i < 1_000; i++) {
            store.put(Sessions.id(i), Sessions.of(1, clock.seconds));
        }
        assertThat(store.bytes()).isBetween(1L << 15, 1L << 16);
        for (int i = 0; i < 1_000; i++) {
            store.remove(Sessions.id(i));
        }
        assertThat(store.bytes()).isZero();
    }

    @Test
    void aSessionThatIsTooLongIsNotKeptAndReplacesItsPredecessor() throws Exception {
        MemorySessionStore store = store(10);
        store.put(Sessions.id(1), Sessions.of(1, clock.seconds));
        ResumableSession tooLong = vouching(60);
        assertThat(tooLong.encode()).isEmpty();
        store.put(Sessions.id(1), tooLong);
        assertThat(find(store, 1)).isEmpty();
    }

    @Test
    void theClientsCertificatesComeBack() throws Exception {
        MemorySessionStore store = store(10);
        store.put(Sessions.id(1), vouching(2));
        assertThat(find(store, 1).orElseThrow().clientChain())
                .isEqualTo(Collections.nCopies(2, TestIdentity.RSA_2048.certificate()));
    }

    @Test
    void whatIsRemovedIsGone() throws Exception {
        MemorySessionStore store = store(10);
        store.put(Sessions.id(1), Sessions.of(1, clock.seconds));
        store.put(Sessions.id(2), Sessions.of(2, clock.seconds));
        store.remove(Sessions.id(1));
        store.remove(Sessions.id(9));
        assertThat(find(store, 1)).isEmpty();
        assertThat(find(store, 2)).isPresent();
        store.clear();
        assertThat(store.size()).isZero();
    }

    @Test
    void manyThreadsShareAStore() throws Exception {
        MemorySessionStore store = store(500);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Void>> running = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                int seed = t;
                running.add(threads.submit(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        int number = (i * 31 + seed * 7) % 1000;
                        if (i % 3 == 0) {
                            store.put(Sessions.id(number), Sessions.of(number & 0x7f, clock.seconds));
                        } else if (i % 17 == 0) {
                            store.remove(Sessions.id(number));
                        } else {
                            // a session found is whole, whatever the others evict meanwhile
                            find(store, number).ifPresent(session -> assertThat(session.masterSecret())
                                    .isEqualTo(Sessions.secret(number & 0x7f)));
                        }
                    }
                    return null;
                }));
            }
            for (Future<Void> run : running) {
                run.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.size()).isBetween(1, 500);
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        Duration lifetime = Duration.ofMinutes(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new MemorySessionStore(0, lifetime));
        assertThatIllegalArgumentException().isThrownBy(() -> new MemorySessionStore((1 << 24) + 1, lifetime));
        assertThatIllegalArgumentException().isThrownBy(() -> new MemorySessionStore(1, Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> new MemorySessionStore(1, Duration.ofDays(8)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MemorySessionStore(1, (1 << 16) - 1, lifetime, clock));
        InstantSource missing = null;
        assertThatNullPointerException()
                .isThrownBy(() -> new MemorySessionStore(1, lifetime, missing))
                .withMessage("clock");
    }
}
