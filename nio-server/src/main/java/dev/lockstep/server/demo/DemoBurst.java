package dev.lockstep.server.demo;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Twenty handshakes at the same time, against the demo's own port; one burst at a time. For all threads. */
final class DemoBurst implements AutoCloseable {

    /** How many handshakes a burst has. */
    static final int HANDSHAKES = 20;

    /** The shortest time from the end of a burst to the beginning of the next. */
    static final Duration PAUSE = Duration.ofMillis(500);

    /** A client that makes one handshake. */
    @FunctionalInterface
    interface Client {
        /**
         * Connects, completes the handshake and leaves, within a bounded time.
         *
         * @param number from 0 to 19
         */
        void visit(int number) throws Exception;
    }

    /** What a burst is measured with, in nanoseconds. */
    interface Meter {
        long waitedNanos();

        /** Returns -1 if this cannot be told. */
        long workedNanos();
    }

    private final DemoEvents events;
    private final Client client;
    private final Meter meter;
    private final LongSupplier nanos;
    private final ThreadPoolExecutor pool;

    private boolean running;
    private boolean hasRun;
    private long endedAt;

    DemoBurst(DemoEvents events, Client client, Meter meter, LongSupplier nanos) {
        this.events = events;
        this.client = client;
        this.meter = meter;
        this.nanos = nanos;
        this.pool = new ThreadPoolExecutor(
                HANDSHAKES, HANDSHAKES, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(HANDSHAKES), work -> {
                    Thread thread = new Thread(work, "client of the demo");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
    }

    /** Returns whether a burst begins; not if one is under way or has just ended. Does not block. */
    boolean begin() {
        synchronized (this) {
            if (running || (hasRun && nanos.getAsLong() - endedAt < PAUSE.toNanos())) {
                return false;
            }
            running = true;
            hasRun = true;
        }
        boolean begun = false;
        try {
            events.publish(events.event("burst").with("handshakes", HANDSHAKES));
            Run run = new Run();
            for (int i = 0; i < HANDSHAKES; i++) {
                int number = i;
                pool.execute(() -> run.visit(number));
            }
            begun = true;
        } finally {
            if (!begun) {
                ended(nanos.getAsLong()); // memory ran out: the next burst must not wait for this one
            }
        }
        return true;
    }

    private synchronized void ended(long now) {
        running = false;
        endedAt = now;
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }

    /** One burst. */
    private final class Run {
        private final long began = nanos.getAsLong();
        private final long waited = meter.waitedNanos();
        private final long worked = meter.workedNanos();
        private final AtomicInteger left = new AtomicInteger(HANDSHAKES);
        private final AtomicInteger completed = new AtomicInteger();

        private void visit(int number) {
            try {
                client.visit(number);
                completed.incrementAndGet();
            } catch (Exception e) {
                // The server's own events say what became of this handshake; here it only counts as not completed.
            } finally {
                if (left.decrementAndGet() == 0) {
                    end();
                }
            }
        }

        private void end() {
            long now = nanos.getAsLong();
            try {
                publish(now);
            } finally {
                ended(now); // whatever could not be told
            }
        }

        private void publish(long now) {
            long computed = worked < 0 ? -1 : meter.workedNanos() - worked;
            events.publish(events.event("burst-end")
                    .with("handshakes", HANDSHAKES)
                    .with("completed", completed.get())
                    .with("took", (now - began) / 1e6)
                    .with("waited", (meter.waitedNanos() - waited) / 1e6)
                    .with("worked", computed < 0 ? -1.0 : computed / 1e6));
        }
    }
}
