package dev.lockstep.nio;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Several {@link TlsLoop}s that share one listening socket, each on a thread of its own. The kernel has one queue of new
 * connections; a loop that is ready takes one from it in each turn, so that the one with the least to do takes the most.
 * A connection stays with its loop. Nothing is shared between the loops but what their configuration and handlers share.
 *
 * <p><b>Threads.</b> {@link #run} occupies its thread; any thread may call the other methods. When one loop ends, whatever
 * the reason, all of them do.
 */
public final class TlsLoops implements AutoCloseable {

    private final List<TlsLoop> loops;

    private TlsLoops(List<TlsLoop> loops) {
        this.loops = List.copyOf(loops);
    }

    /**
     * Creates the loops.
     *
     * @param count how many, at least 1
     * @param builders returns the builder of each loop, for its number from 0; all with the same listening socket. The
     *     observer and the guests of a loop, which its thread calls, must not be shared
     * @throws IOException when a selector cannot be opened, or the socket is closed; it is closed then
     */
    public static TlsLoops of(int count, IntFunction<TlsLoopBuilder> builders) throws IOException {
        if (count < 1) {
            throw new IllegalArgumentException("count: " + count + " is not at least 1");
        }
        AtomicLong numbers = new AtomicLong();
        List<TlsLoop> loops = new ArrayList<>();
        boolean made = false;
        try {
            for (int i = 0; i < count; i++) {
                TlsLoopBuilder builder = builders.apply(i);
                loops.add((count == 1 ? builder : builder.sharing(numbers)).build());
            }
            made = true;
            return new TlsLoops(loops);
        } finally {
            if (!made) {
                loops.forEach(TlsLoop::close);
            }
        }
    }

    /**
     * Runs all loops, the first one on the calling thread, until they have ended.
     *
     * @throws IOException when a selector has failed, or a thread cannot be started
     */
    public void run() throws IOException {
        run(Thread::new);
    }

    /** @param maker makes a thread of a task and a name */
    void run(BiFunction<Runnable, String, Thread> maker) throws IOException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        try {
            for (int i = 1; i < loops.size(); i++) {
                TlsLoop loop = loops.get(i);
                Thread thread = maker.apply(() -> run(loop, failure), "lockstep-loop-" + i);
                thread.start();
                threads.add(thread);
            }
        } catch (Throwable t) { // the system has no room for a thread: none of the loops stays without the others
            failure.set(t);
            close();
        }
        run(loops.get(0), failure);
        boolean interrupted = false;
        for (Thread thread : threads) {
            interrupted |= join(thread);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Throwable cause = failure.get();
        if (cause != null) {
            throw cause instanceof IOException io ? io : new IOException("a loop has failed", cause);
        }
    }

    private void run(TlsLoop loop, AtomicReference<@Nullable Throwable> failure) {
        try {
            loop.run();
        } catch (Throwable t) { // boundary of the thread: run() throws it
            failure.compareAndSet(null, t);
            close();
        }
        if (!loop.hasDrained()) {
            close(); // a loop that has drained leaves the others their time
        }
    }

    /** Returns whether this thread was interrupted meanwhile. */
    private boolean join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
                close(); // an interrupt has the effect of close, as in one loop
            }
        }
    }

    /** Returns the loops. */
    public List<TlsLoop> loops() {
        return loops;
    }

    /** As {@link TlsLoop#drain}, for all loops. */
    public void drain(Duration limit) {
        loops.forEach(loop -> loop.drain(limit));
    }

    /** Ends all loops: {@link #run} returns soon. */
    @Override
    public void close() {
        loops.forEach(TlsLoop::close);
    }
}
