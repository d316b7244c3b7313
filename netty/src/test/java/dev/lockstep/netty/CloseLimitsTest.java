package dev.lockstep.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What cannot be kept when a connection is closed is refused when the limits are made. */
class CloseLimitsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration EVER = Duration.ofSeconds(Long.MAX_VALUE);

    @Test
    void aLimitOutOfItsRangeIsNamed() {
        for (Duration flush : new Duration[] {
            SECOND.negated(), Duration.ZERO, Duration.ofDays(1).plusNanos(1), EVER
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new CloseLimits(flush, SECOND, 0))
                    .withMessageStartingWith("flush: ")
                    .withMessageContaining("give more than zero to one day");
        }
        for (Duration drain :
                new Duration[] {SECOND.negated(), Duration.ofDays(1).plusNanos(1), EVER}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new CloseLimits(SECOND, drain, 0))
                    .withMessageStartingWith("drain: ")
                    .withMessageContaining("give zero to one day");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CloseLimits(SECOND, SECOND, -1))
                .withMessageStartingWith("drainBytes: ");
    }

    @Test
    void theEndsOfTheRangesAreTaken() {
        assertThat(new CloseLimits(Duration.ofNanos(1), Duration.ZERO, 0)).isNotNull();
        assertThat(new CloseLimits(Duration.ofDays(1), Duration.ofDays(1), Integer.MAX_VALUE))
                .isNotNull();
    }
}
