package dev.lockstep.tls.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.util.EarlyExit;
import dev.lockstep.testkit.util.TimingComparison;
import dev.lockstep.testkit.util.TimingComparison.Subject;
import java.security.SecureRandom;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Where a ticket is wrong does not show in how long it takes to find that out. */
class TicketTimingTest {

    private static final int SAMPLES = 4_000;
    private static final int TAG = 16;

    /** A ticket that is wrong in one of two places, in the same array for both. */
    private static final class WrongTicket implements Subject {

        private final Random random = new Random(5077);
        private final SecureRandom nonces = new SecureRandom();
        private final TicketKey key = TicketKey.generate(nonces);
        private final byte[] state = new byte[200];
        private final IntUnaryOperator first;
        private final IntUnaryOperator second;
        private byte[] ticket = {};
        private int opened;

        WrongTicket(IntUnaryOperator first, IntUnaryOperator second) {
            this.first = first;
            this.second = second;
        }

        @Override
        public void prepare(boolean isSecond) {
            random.nextBytes(state);
            ticket = Objects.requireNonNull(key.seal(state, nonces));
            ticket[(isSecond ? second : first).applyAsInt(ticket.length)] ^= 1;
        }

        @Override
        public void run() {
            opened += key.open(ticket) == null ? 0 : 1;
        }
    }

    @Test
    void thePlaceOfTheDefectInTheTagDoesNotShow() throws Exception {
        WrongTicket wrong = new WrongTicket(length -> length - TAG, length -> length - 1);
        assertThat(TimingComparison.compare("ticket, first or last byte of the tag", SAMPLES, wrong))
                .isLessThan(10);
        assertThat(wrong.opened).isZero();
    }

    @Test
    void whetherStateOrTagIsWrongDoesNotShow() throws Exception {
        WrongTicket wrong = new WrongTicket(length -> TicketKey.NAME_LENGTH + 12, length -> length - 1);
        assertThat(TimingComparison.compare("ticket, state or tag", SAMPLES, wrong))
                .isLessThan(10);
        assertThat(wrong.opened).isZero();
    }

    /** The control. */
    @Test
    void aComparisonThatEndsAtTheFirstDifferenceIsFound() throws Exception {
        EarlyExit control = new EarlyExit(TAG);
        assertThat(TimingComparison.control("control, comparison of 16 bytes with an early exit", SAMPLES, control))
                .isGreaterThan(10);
        assertThat(control.equal()).isZero();
    }
}
