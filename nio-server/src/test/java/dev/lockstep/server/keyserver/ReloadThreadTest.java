package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reloads that take their time. */
@Timeout(60)
class ReloadThreadTest {

    @Test
    void aReloadThatDoesNotEndIsToldOfWhenTheNextIsAskedFor() throws Exception {
        List<Long> late = new CopyOnWriteArrayList<>();
        AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // overflows, as nanoTime may
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        CountDownLatch all = new CountDownLatch(2);
        Runnable reload = () -> {
            begun.countDown();
            try {
                assertThat(ended.await(40, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            all.countDown();
        };
        try (ReloadThread thread = new ReloadThread(reload, late::add, clock::get)) {
            thread.ask();
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            clock.addAndGet(TimeUnit.SECONDS.toNanos(10) - 1);
            thread.ask();
            assertThat(late).isEmpty();
            clock.addAndGet(1);
            thread.ask();
            assertThat(late).containsExactly(10L);
            ended.countDown();
            assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(late).containsExactly(10L);
    }
}
