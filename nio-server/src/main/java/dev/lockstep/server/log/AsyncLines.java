package dev.lockstep.server.log;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Writes lines on a thread of its own, since a pipe that is not read, or a slow disk, must not stop the loops. What does
 * not fit into the queue is counted and lost. Thread-safe.
 */
final class AsyncLines implements AutoCloseable {

    private static final int MOST_WAITING = 8192;
    private static final long PATIENCE_SECONDS = 2;

    private final BlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Consumer<String> sink;
    private final Runnable idle;
    private final Thread thread;
    private final LongAdder lost = new LongAdder();
    private volatile boolean closing;

    /**
     * Starts the thread.
     *
     * @param sink writes a line; only called on the thread
     * @param idle called on the thread about once a second
     */
    AsyncLines(String name, Consumer<String> sink, Runnable idle) {
        this.sink = sink;
        this.idle = idle;
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(true);
        this.thread.start();
    }

    void add(String line) {
        if (!queue.offer(() -> sink.accept(line))) {
            lost.increment();
        }
    }

    /** Runs {@code task} on the thread, behind the lines that wait. */
    void execute(Runnable task) {
        if (!queue.offer(task)) {
            lost.increment();
        }
    }

    /** Returns how many lines were lost so far. */
    long lost() {
        return lost.sum();
    }

    private void run() {
        long asked = System.nanoTime();
        while (!closing || !queue.isEmpty()) {
            try {
                Runnable next = queue.poll(200, TimeUnit.MILLISECONDS);
                if (next != null) {
                    next.run();
                }
                long now = System.nanoTime();
                if (now - asked >= TimeUnit.SECONDS.toNanos(1)) {
                    asked = now;
                    idle.run();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) {
                lost.increment(); // the line's output has failed, or memory ran out; the next one may succeed
            }
        }
    }

    /** Waits until what was added before is written, for two seconds at most. */
    void flush() {
        CountDownLatch written = new CountDownLatch(1);
        if (queue.offer(written::countDown)) {
            try {
                boolean unused = written.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        flush();
        closing = true;
    }
}
