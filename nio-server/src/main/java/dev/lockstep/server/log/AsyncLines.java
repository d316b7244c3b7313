package dev.lockstep.server.log;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes lines on a thread of its own, since a pipe that is not read, or a slow disk, must not stop the loops. What does
 * not fit into the queue, or cannot be written, is counted and lost. Thread-safe.
 *
 * @param <T> a line
 */
final class AsyncLines<T> implements AutoCloseable {

    private static final int MOST_WAITING = 8192;
    private static final long PATIENCE_SECONDS = 2;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Writes lines. */
    @FunctionalInterface
    interface Sink<T> {
        /**
         * Writes a line.
         *
         * @throws IOException when it is lost
         */
        void write(T line) throws IOException;
    }

    private final BlockingQueue<Runnable> queue;
    private final Sink<T> sink;
    private final Runnable idle;
    private final Thread thread;
    private final LongAdder overflowed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile boolean closing;

    /** When the thread called {@code idle}. Belongs to it. */
    private long asked = System.nanoTime();

    /**
     * Makes one that is started with {@link #start}.
     *
     * @param sink writes a line; only called on the thread
     * @param idle called on the thread about once a second, and once more at the end
     */
    AsyncLines(String name, Sink<T> sink, Runnable idle) {
        this(name, sink, idle, new ArrayBlockingQueue<>(MOST_WAITING));
    }

    /** @param queue has the lines that wait */
    AsyncLines(String name, Sink<T> sink, Runnable idle, BlockingQueue<Runnable> queue) {
        this.queue = queue;
        this.sink = sink;
        this.idle = idle;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
    }

    /** Starts the thread. */
    void start() {
        thread.start();
    }

    /** Returns whether there was room for the line. */
    boolean add(T line) {
        boolean added = queue.offer(() -> write(line));
        if (!added) {
            overflowed.increment();
        }
        return added;
    }

    private void write(T line) {
        try {
            sink.write(line);
        } catch (IOException | RuntimeException | Error e) {
            failed.increment(); // the output has failed, or memory ran out; the next line may succeed
        }
    }

    /** Returns how many lines were lost so far. */
    long lost() {
        return overflowed.sum() + failed.sum();
    }

    /** Returns how many of these were lost because the queue was full. */
    long overflowed() {
        return overflowed.sum();
    }

    /** The boundary of the thread: without it no line would be written for the rest of the process. */
    private void run() {
        boolean isOver = false;
        while (!isOver) {
            try {
                isOver = turn();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) {
                LockSupport.parkNanos(PAUSE_NANOS); // memory ran out, which waiting for a line needs: no line is lost
            }
        }
    }

    /** Returns whether it was the last one. */
    private boolean turn() throws InterruptedException {
        Runnable next = queue.poll(200, TimeUnit.MILLISECONDS);
        if (next != null) {
            next.run();
        }
        long now = System.nanoTime();
        if (now - asked >= TimeUnit.SECONDS.toNanos(1)) {
            asked = now;
            idle();
        }
        return closing && queue.isEmpty();
    }

    private void idle() {
        try {
            idle.run();
        } catch (RuntimeException | Error e) {
            // The output fails, or memory ran out: no line is lost by that, and a second later it is tried again.
        }
    }

    /** Waits until what was added before is written, for two seconds at most. */
    void flush() {
        flush(() -> {});
    }

    private void flush(Runnable last) {
        CountDownLatch written = new CountDownLatch(1);
        Runnable task = () -> {
            last.run();
            written.countDown();
        };
        try {
            if (queue.offer(task, PATIENCE_SECONDS, TimeUnit.SECONDS)
                    && !written.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                boolean unused = queue.remove(task); // only lines are left there
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits as {@link #flush} does. What is not written then never is, and counts as overflowed. */
    @Override
    public void close() {
        flush(this::idle);
        closing = true;
        while (queue.poll() != null) {
            overflowed.increment();
        }
    }
}
