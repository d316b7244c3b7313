package dev.lockstep.tls.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.session.Sessions.WallClock;
import dev.lockstep.tls.spec.CipherSuite;
import java.time.Duration;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TicketKeyRingTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final WallClock clock = new WallClock();

    private static TicketKey key(int seed) {
        return TicketKey.of(TicketKeyTest.file(seed));
    }

    private TicketKeyRing ring(TicketKey... keys) {
        return TicketKeyRing.of(List.of(keys), HOUR, clock, new SeededRandom(9));
    }

    private byte[] seal(TicketKeyRing ring) {
        return ring.seal(Sessions.of(7, clock.seconds));
    }

    private static Optional<OpenedTicket> open(TicketKeyRing ring, byte[] ticket) throws Exception {
        return Sessions.now(ring.start(new TicketOpening(ticket, null, OptionalLong.empty()), () -> {}));
    }

    @Test
    void aTicketComesBackAsItsSession() throws Exception {
        TicketKeyRing ring = ring(key(1));
        OpenedTicket opened = open(ring, seal(ring)).orElseThrow();
        assertThat(opened.renew()).isFalse();
        assertThat(opened.session().masterSecret()).isEqualTo(Sessions.secret(7));
        assertThat(opened.session().createdAtSeconds()).isEqualTo(clock.seconds);
    }

    @Test
    void serversWithTheSameKeyOpenEachOthersTickets() throws Exception {
        assertThat(open(ring(key(1)), seal(ring(key(1))))).isPresent();
        assertThat(open(ring(key(2)), seal(ring(key(1))))).isEmpty();
    }

    @Test
    void theFirstKeySealsAndTheOthersOpenAndRenew() throws Exception {
        byte[] ofOne = seal(ring(key(1)));
        byte[] ofTwo = seal(ring(key(2)));
        TicketKeyRing ring = ring(key(2), key(1));
        assertThat(open(ring, ofTwo).orElseThrow().renew()).isFalse();
        assertThat(open(ring, ofOne).orElseThrow().renew()).isTrue();
        assertThat(Arrays.copyOf(seal(ring), 16)).isEqualTo(key(2).name());
    }

    @Test
    void aKeyThatIsTurnedOutOpensUntilItsWindowIsOverAndIsThenCleared() throws Exception {
        // RFC 9325 3.4-4
        TicketKey first = key(1);
        TicketKeyRing ring = ring(first);
        byte[] ticket = seal(ring);
        ring.rotateTo(List.of(key(2)));
        clock.seconds += 3599;
        assertThat(open(ring, ticket).orElseThrow().renew()).isTrue();
        clock.seconds += 1;
        assertThat(open(ring, ticket)).isEmpty();
        assertThat(first.open(ticket)).as("by the key itself").isNull();
        assertThat(open(ring, seal(ring))).isPresent();
    }

    /** A timer that gives the same objects each time, and an operator who goes back to the key that was given up. */
    @Test
    void aKeyThatWasDestroyedIsRefused() throws Exception {
        TicketKey first = key(1);
        TicketKeyRing ring = ring(first);
        List<TicketKey> fixed = List.of(key(2), key(1));
        ring.rotateTo(fixed);
        byte[] ticket = seal(ring);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring.rotateTo(fixed))
                .withMessageContaining("was destroyed");
        ring.replaceWith(List.of(key(3)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring.replaceWith(List.of(first)))
                .withMessageContaining("was destroyed");
        assertThatIllegalArgumentException().isThrownBy(() -> ring(first)).withMessageContaining("was destroyed");
        assertThat(open(ring, ticket)).as("by the key that was given up").isEmpty();
        assertThat(open(ring, seal(ring))).isPresent();
    }

    /** Another thread gives the key up just before it is taken: the look at it and the change are one. */
    @Test
    void aKeyThatIsDestroyedWhileItIsGivenIsRefused() throws Exception {
        TicketKey first = key(1);
        TicketKeyRing ring = ring(first);
        List<TicketKey> given = new AbstractList<>() {
            @Override
            public TicketKey get(int index) {
                return first;
            }

            @Override
            public int size() {
                return 1;
            }

            @Override
            public Object[] toArray() {
                ring.replaceWith(List.of(key(2)));
                return super.toArray();
            }
        };
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring.rotateTo(given))
                .withMessageContaining("was destroyed");
        assertThat(open(ring, seal(ring))).isPresent();
    }

    @Test
    void aWallClockThatIsSetBackExtendsNoKey() throws Exception {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // wraps, as System.nanoTime may
        TicketKey first = key(1);
        TicketKeyRing ring = TicketKeyRing.of(List.of(first), HOUR, clock, nanos::get, new SeededRandom(9));
        byte[] ticket = seal(ring);
        ring.rotateTo(List.of(key(2)));
        clock.seconds -= 100_000;
        nanos.addAndGet(HOUR.toNanos() - 1);
        assertThat(open(ring, ticket)).isPresent();
        nanos.addAndGet(1);
        assertThat(open(ring, ticket)).isEmpty();
        assertThat(first.open(ticket)).as("by the key itself").isNull();
    }

    @Test
    void aRingThatIsNotUsedTurnsAndDestroysItsKeysInTime() {
        AtomicLong nanos = new AtomicLong();
        TicketKeyRing ring = TicketKeyRing.rotating(HOUR, HOUR, clock, nanos::get, new SeededRandom(9));
        byte[] ticket = seal(ring);
        byte[] name = Arrays.copyOf(ticket, 16);
        nanos.addAndGet(HOUR.toNanos());
        ring.turn();
        assertThat(ring.opensTicketsOf(name)).isTrue();
        nanos.addAndGet(HOUR.toNanos() - 1);
        ring.turn();
        assertThat(ring.opensTicketsOf(name)).isTrue();
        nanos.addAndGet(1);
        ring.turn();
        assertThat(ring.opensTicketsOf(name)).isFalse();
        assertThat(Arrays.copyOf(seal(ring), 16)).isNotEqualTo(name);
    }

    /** The window runs from the moment the key was turned out, however often the ring turns after that. */
    @Test
    void laterRotationsDoNotExtendAWindow() throws Exception {
        TicketKeyRing ring = ring(key(1));
        byte[] ticket = seal(ring);
        ring.rotateTo(List.of(key(2)));
        clock.seconds += 1800;
        ring.rotateTo(List.of(key(3)));
        clock.seconds += 1799;
        assertThat(open(ring, ticket)).isPresent();
        clock.seconds += 1;
        assertThat(open(ring, ticket)).isEmpty();
    }

    @Test
    void aKeyThatIsListedOpensForAsLongAsItIsListed() throws Exception {
        TicketKeyRing ring = ring(key(2), key(1));
        byte[] ticket = seal(ring(key(1)));
        clock.seconds += 100_000;
        ring.rotateTo(List.of(key(3), key(2), key(1)));
        clock.seconds += 100_000;
        assertThat(open(ring, ticket)).isPresent();
    }

    @Test
    void aKeyThatComesBackIsNotClearedByItsEarlierWindow() throws Exception {
        TicketKeyRing ring = ring(key(1));
        byte[] ticket = seal(ring);
        ring.rotateTo(List.of(key(2)));
        ring.rotateTo(List.of(key(1)));
        clock.seconds += 100_000;
        assertThat(open(ring, ticket).orElseThrow().renew()).isFalse();
    }

    @Test
    void replacingClearsTheOtherKeysAtOnce() throws Exception {
        TicketKey first = key(1);
        TicketKeyRing ring = ring(first);
        byte[] ticket = seal(ring);
        ring.replaceWith(List.of(key(2)));
        assertThat(open(ring, ticket)).isEmpty();
        assertThat(first.open(ticket)).isNull();
    }

    @Test
    void aRotatingRingMakesANewKeyWhenThePeriodIsOver() throws Exception {
        // RFC 9325 3.4-3
        TicketKeyRing ring = TicketKeyRing.rotating(HOUR, HOUR, clock, new SeededRandom(1));
        byte[] first = seal(ring);
        clock.seconds += 3599;
        assertThat(Arrays.copyOf(seal(ring), 16)).isEqualTo(Arrays.copyOf(first, 16));
        clock.seconds += 1;
        byte[] second = seal(ring);
        assertThat(Arrays.copyOf(second, 16)).isNotEqualTo(Arrays.copyOf(first, 16));
        assertThat(open(ring, first).orElseThrow().renew()).isTrue();
        assertThat(open(ring, second).orElseThrow().renew()).isFalse();
        clock.seconds += 3600;
        assertThat(open(ring, first)).isEmpty();
        assertThat(open(ring, second)).isPresent();
    }

    /** With the most periods that a window may have, no key gives way before its window ends. */
    @Test
    void everyKeyOfAWindowHasAPlace() throws Exception {
        Duration window = HOUR.multipliedBy(TicketKeyRing.MAX_KEYS - 1);
        TicketKeyRing ring = TicketKeyRing.rotating(HOUR, window, clock, new SeededRandom(1));
        byte[] ticket = seal(ring);
        clock.seconds += 3600; // the key is turned out
        for (int hours = 0; hours < TicketKeyRing.MAX_KEYS - 1; hours++) {
            ring.turn();
            assertThat(open(ring, ticket)).as("after %d hours", hours).isPresent();
            clock.seconds += 3600;
        }
        assertThat(open(ring, ticket)).isEmpty();
    }

    @Test
    void aWindowOfMorePeriodsThanTheRingHasPlacesIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TicketKeyRing.rotating(HOUR, Duration.ofHours(48)))
                .withMessage("window: PT48H with a period of PT1H needs 49 keys, and a ring holds 32;"
                        + " give a window of at most PT31H, or a period of at least PT1H32M55S");
        Duration advised = Duration.parse("PT1H32M55S");
        assertThat(TicketKeyRing.rotating(advised, Duration.ofHours(48))).isNotNull();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TicketKeyRing.rotating(advised.minusSeconds(1), Duration.ofHours(48)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TicketKeyRing.rotating(Duration.ofSeconds(1), Duration.ofSeconds(32)));
    }

    /** Another program that rotates the keys, and fails each time, does not keep the present one sealing. */
    @Test
    void rotationsThatAreRefusedDoNotExtendThePeriod() {
        TicketKeyRing ring = TicketKeyRing.rotating(HOUR, HOUR, clock, new SeededRandom(1));
        byte[] first = Arrays.copyOf(seal(ring), 16);
        byte[] namesake = TicketKeyTest.file(3);
        System.arraycopy(first, 0, namesake, 0, 16);
        clock.seconds += 3599;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring.rotateTo(List.of(key(2), TicketKey.of(namesake))))
                .withMessageContaining("another key");
        assertThat(Arrays.copyOf(seal(ring), 16)).isEqualTo(first);
        clock.seconds += 1;
        assertThat(Arrays.copyOf(seal(ring), 16)).isNotEqualTo(first);
    }

    @Test
    void aRotatingRingReplacesAKeyThatHasSealedAllItMay() throws Exception {
        TicketKeyRing ring = TicketKeyRing.rotating(HOUR, HOUR, clock, new SeededRandom(1));
        ring.rotateTo(List.of(TicketKey.of(TicketKeyTest.file(5), TicketKey.MAX_SEALED)));
        byte[] ticket = seal(ring);
        assertThat(ticket).isNotNull();
        assertThat(Arrays.copyOf(ticket, 16)).isNotEqualTo(key(5).name());
        assertThat(open(ring, ticket)).isPresent();
    }

    @Test
    void aRingOfGivenKeysStopsSealingWithAnExhaustedOne() {
        assertThat(seal(ring(TicketKey.of(TicketKeyTest.file(5), TicketKey.MAX_SEALED))))
                .isNull();
    }

    /** "A ticket forged in every byte": none opens, whatever name it bears. */
    @Test
    void aTicketChangedInAnyByteIsNone() throws Exception {
        // RFC 5077 5.2-1, 5.7-2, RFC 9325 3.4-1
        TicketKeyRing ring = ring(key(2), key(1));
        byte[] ticket = seal(ring);
        for (int i = 0; i < ticket.length; i++) {
            byte[] changed = ticket.clone();
            changed[i] ^= (byte) 0x80;
            assertThat(open(ring, changed)).as("byte %d", i).isEmpty();
        }
        // the other key's name in front of this key's ticket
        byte[] renamed = ticket.clone();
        System.arraycopy(key(1).name(), 0, renamed, 0, 16);
        assertThat(open(ring, renamed)).isEmpty();
        for (int length = 1; length < ticket.length; length++) {
            assertThat(open(ring, Arrays.copyOf(ticket, length))).isEmpty();
        }
    }

    @Test
    void aSessionThatIsTooLongGetsNoTicket() {
        ResumableSession session = ResumableSession.builder(
                        CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, new byte[48], 1)
                .clientChain(Collections.nCopies(60, TestIdentity.RSA_2048.certificate()))
                .build();
        assertThat(ring(key(1)).seal(session)).isNull();
    }

    @Test
    void keysThatCannotBeARingAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> ring());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring(key(1), key(1)))
                .withMessageContaining("twice");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring(
                        IntStream.range(0, 33).mapToObj(TicketKeyRingTest::key).toArray(TicketKey[]::new)));
        byte[] namesake = TicketKeyTest.file(1);
        namesake[50] ^= 1;
        TicketKeyRing ring = ring(key(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring.rotateTo(List.of(TicketKey.of(namesake))))
                .withMessageContaining("another key");
        assertThatIllegalArgumentException().isThrownBy(() -> TicketKeyRing.rotating(Duration.ZERO, HOUR));
        assertThatIllegalArgumentException().isThrownBy(() -> TicketKeyRing.rotating(HOUR, Duration.ofDays(366)));
    }

    @Test
    void aRefusedRotationLeavesTheRingAsItWas() throws Exception {
        TicketKeyRing ring = ring(key(1));
        byte[] ticket = seal(ring);
        assertThatIllegalArgumentException().isThrownBy(() -> ring.rotateTo(List.of(key(2), key(2))));
        assertThat(open(ring, ticket).orElseThrow().renew()).isFalse();
    }

    @Test
    void theRingNeverGrowsBeyondItsBound() throws Exception {
        TicketKeyRing ring = ring(key(0));
        byte[] first = seal(ring);
        for (int i = 1; i < 3 * TicketKeyRing.MAX_KEYS; i++) {
            ring.rotateTo(List.of(key(i)));
        }
        assertThat(open(ring, first)).as("the oldest gave way").isEmpty();
        assertThat(open(ring, seal(ring))).isPresent();
    }

    /** Turning the ring while others seal and open: every ticket of the window opens. */
    @Test
    void rotationUnderLoadLosesNoTicket() throws Exception {
        TicketKeyRing ring = ring(key(0));
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> running = IntStream.range(0, 3)
                    .mapToObj(t -> threads.submit(() -> {
                        int renewed = 0;
                        byte[] ticket = seal(ring);
                        for (int i = 0; i < 5_000 || renewed == 0; i++) { // however busy the machine is
                            OpenedTicket opened = open(ring, ticket).orElseThrow();
                            if (opened.renew()) {
                                renewed++;
                                ticket = ring.seal(opened.session());
                            }
                            opened.session().destroy();
                        }
                        return renewed;
                    }))
                    .toList();
            int next = 1;
            while (!running.stream().allMatch(Future::isDone)) {
                // the second oldest key stays within reach: at most one rotation per ticket in flight is asked of a
                // fleet
                ring.rotateTo(List.of(key(next), key(next - 1)));
                next = next % 20 + 1;
            }
            for (Future<Integer> run : running) {
                assertThat(run.get()).isPositive();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
