package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What all blocking channels of a process depend on. */
class ReadinessTest {

    @Test
    void aShortageOfDescriptorsLastsNoLongerThanItDoes() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        Readiness.Shared shared = new Readiness.Shared(() -> {
            if (opened.incrementAndGet() == 1) {
                throw new IOException("Too many open files");
            }
            return Selector.open();
        });
        assertThatThrownBy(shared::get).isInstanceOf(IOException.class);
        assertThat(shared.get()).isSameAs(shared.get());
        assertThat(opened).hasValue(2);
    }

    /** A key that is never ready. */
    private static final class Idle extends SelectionKey {
        Idle(Runnable channel) {
            attach(channel);
        }

        @Override
        public SelectableChannel channel() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Selector selector() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isValid() {
            return true;
        }

        @Override
        public void cancel() {}

        @Override
        public int interestOps() {
            return 0;
        }

        @Override
        public SelectionKey interestOps(int ops) {
            return this;
        }

        @Override
        public int readyOps() {
            return 0;
        }
    }

    /** Fails so often, and then waits for ever. */
    private static final class Failing extends Selector {
        private final Set<SelectionKey> keys = new LinkedHashSet<>();
        private final CountDownLatch recovered = new CountDownLatch(1);
        private final int failures;
        private int selects;

        Failing(int failures, Runnable... channels) {
            this.failures = failures;
            for (Runnable channel : channels) {
                keys.add(new Idle(channel));
            }
        }

        @Override
        public int select() throws IOException {
            if (selects++ < failures) {
                throw new IOException("Bad file descriptor");
            }
            recovered.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return 0;
        }

        @Override
        public int select(long millis) throws IOException {
            return select();
        }

        @Override
        public int selectNow() throws IOException {
            return select();
        }

        @Override
        public Set<SelectionKey> keys() {
            return keys;
        }

        @Override
        public Set<SelectionKey> selectedKeys() {
            return new LinkedHashSet<>();
        }

        @Override
        public SelectorProvider provider() {
            return SelectorProvider.provider();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public Selector wakeup() {
            return this;
        }

        @Override
        public void close() {}
    }

    @Test
    void afterAFailureEveryChannelIsToldAlsoBesideOneThatFails() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        AtomicInteger first = new AtomicInteger();
        CountDownLatch firstInTheEnd = new CountDownLatch(1);
        Failing selector = new Failing(
                1,
                () -> {
                    if (first.incrementAndGet() < 3) {
                        throw new OutOfMemoryError("as if it had run out");
                    }
                    firstInTheEnd.countDown();
                },
                second::countDown);
        assertThat(new Readiness.Shared(() -> selector).get()).isNotNull();
        assertThat(second.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(firstInTheEnd.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(selector.recovered.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aSelectorThatFailsEveryTimeTakesNoProcessor() throws Exception {
        Failing selector = new Failing(20);
        long begin = System.nanoTime();
        assertThat(new Readiness.Shared(() -> selector).get()).isNotNull();
        assertThat(selector.recovered.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(20 * 10));
    }
}
