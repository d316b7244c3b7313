package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock is nanoTime: it may be negative, and it may wrap. */
@SuppressWarnings("NullAway") // entries of no connection
class DeadlinesTest {

    private final Deadlines deadlines = new Deadlines();
    private final Deadlines.Entry first = new Deadlines.Entry(1, null);
    private final Deadlines.Entry second = new Deadlines.Entry(2, null);

    @Test
    void withoutDeadlinesTheSelectorMaySleep() {
        deadlines.require(first, OptionalLong.empty());

        assertThat(deadlines.sleepMillis(0)).isEmpty();
        assertThat(deadlines.pollDue(Long.MAX_VALUE)).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -5_000_000, Long.MAX_VALUE - 1_000_000, Long.MIN_VALUE})
    void theEarliestComesFirstAlsoAcrossTheWrapOfTheClock(long now) {
        deadlines.require(first, OptionalLong.of(now + 3_000_000));
        deadlines.require(second, OptionalLong.of(now + 1_500_001));

        assertThat(deadlines.sleepMillis(now)).hasValue(2); // rounded up: never wakes too early and spins
        assertThat(deadlines.pollDue(now + 1_500_000)).isNull();
        assertThat(deadlines.pollDue(now + 1_500_001)).isSameAs(second);
        assertThat(deadlines.pollDue(now + 1_500_001)).isNull();
        assertThat(deadlines.pollDue(now + 4_000_000)).isSameAs(first);
        assertThat(deadlines.sleepMillis(now)).isEmpty();
    }

    @Test
    void aDeadlineMovesEarlierButNotLater() {
        deadlines.require(first, OptionalLong.of(5_000_000));
        deadlines.require(first, OptionalLong.of(9_000_000));
        assertThat(deadlines.sleepMillis(0)).hasValue(5);

        deadlines.require(first, OptionalLong.of(2_000_000));
        assertThat(deadlines.sleepMillis(0)).hasValue(2);
        assertThat(deadlines.sleepMillis(3_000_000)).hasValue(0);
        assertThat(deadlines.pollDue(2_000_000)).isSameAs(first);
        assertThat(deadlines.pollDue(9_000_000)).isNull();
    }

    @Test
    void equalTimesAreTwoEntriesAndEachCanBeTakenOut() {
        deadlines.require(first, OptionalLong.of(1));
        deadlines.require(second, OptionalLong.of(1));
        deadlines.remove(first);
        deadlines.remove(first);

        assertThat(deadlines.pollDue(1)).isSameAs(second);
        assertThat(deadlines.pollDue(1)).isNull();
    }
}
