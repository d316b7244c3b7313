package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that wait in calls of a blocking channel. */
@Timeout(60)
class WaitersTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    /**
     * A key that answers during the attempt signals this thread, and a lock for which the attempt waits afterwards, in a key, a
     * store or a log, uses up the permit of its park.
     */
    @Test
    void aSignalDuringTheAttemptIsNotLostInALock() {
        Waiters waiters = new Waiters();
        long begin = System.nanoTime();
        try (Waiters.Wait wait = waiters.begin()) {
            waiters.signal();
            LockSupport.parkNanos(MINUTE);
            assertThat(wait.park(this, MINUTE)).isTrue();
        }
        assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(30));
    }

    @Test
    void aSignalCountsOnce() {
        Waiters waiters = new Waiters();
        try (Waiters.Wait wait = waiters.begin()) {
            waiters.signal();
            assertThat(wait.park(this, MINUTE)).isTrue();
            LockSupport.parkNanos(1); // whatever is left of it
            long begin = System.nanoTime();
            assertThat(wait.park(this, TimeUnit.MILLISECONDS.toNanos(20))).isTrue();
            assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @Test
    void oneSignalsTheOthersAndNotItself() throws Exception {
        Waiters waiters = new Waiters();
        Thread[] other = new Thread[1];
        try (Waiters.Wait wait = waiters.begin()) {
            other[0] = new Thread(() -> {
                try (Waiters.Wait theirs = waiters.begin()) {
                    waiters.signalOthers();
                    theirs.park(this, TimeUnit.MILLISECONDS.toNanos(20));
                }
            });
            other[0].start();
            assertThat(wait.park(this, MINUTE)).isTrue();
        }
        other[0].join(30_000);
        assertThat(other[0].isAlive()).isFalse();
    }
}
