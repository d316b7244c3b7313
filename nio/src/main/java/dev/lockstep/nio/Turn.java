package dev.lockstep.nio;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How the threads of a blocking channel take turns at the {@link TlsChannel}, and wait between their attempts. */
final class Turn {

    /** The result of an attempt that has none yet. */
    static final long LATER = Long.MIN_VALUE;

    private final TlsChannel tls;
    private final LongSupplier clock;
    private final Waiters waiters;
    private final Readiness readiness;
    private final SelectionKey key;
    private final ReentrantLock lock = new ReentrantLock();

    /** How many threads are in calls that wait until the socket has taken their output. */
    private final AtomicInteger writing = new AtomicInteger();

    /** The client's close_notify was read. */
    private volatile boolean inputEnded;

    private volatile boolean failed;

    /**
     * Makes the socket tell the waiting threads that it is ready.
     *
     * @throws IOException when the system has no room for a selector; the channel is closed then
     */
    Turn(TlsChannel tls, SocketChannel socket, LongSupplier clock, Waiters waiters) throws IOException {
        this.tls = tls;
        this.clock = clock;
        this.waiters = waiters;
        try {
            this.readiness = Readiness.shared();
            this.key = readiness.register(socket, waiters::signal);
        } catch (IOException | RuntimeException | Error e) {
            tls.abort();
            throw e;
        }
    }

    /** One try to do what a call is for. */
    @FunctionalInterface
    interface Attempt {
        /** Returns the result, or {@link #LATER}. */
        long run() throws IOException;
    }

    boolean inputEnded() {
        return inputEnded;
    }

    boolean hasFailed() {
        return failed;
    }

    <T extends @Nullable Object> T locked(Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }

    /** Makes one attempt. */
    long now(Attempt attempt) throws IOException {
        lock.lock();
        try {
            return attempt(attempt);
        } finally {
            lock.unlock();
        }
    }

    long await(Attempt attempt) throws IOException {
        return await(0, attempt);
    }

    /** As {@link #await}, for a call that waits for the client to take output. */
    void awaitSent(Attempt attempt) throws IOException {
        writing.incrementAndGet();
        try {
            await(attempt);
        } finally {
            writing.decrementAndGet();
        }
    }

    /**
     * Repeats {@code attempt} until it has a result. The thread is among the waiting ones before it tries, so that a
     * signal that comes during the attempt makes the next park return.
     *
     * @param timeoutNanos 0 for no limit
     */
    long await(long timeoutNanos, Attempt attempt) throws IOException {
        long begun = System.nanoTime();
        long received = -1;
        try (Waiters.Wait wait = waiters.begin()) {
            while (true) {
                long nanos;
                lock.lock();
                try {
                    long result = attempt(attempt);
                    if (result != LATER) {
                        return result;
                    }
                    if (isInHandshake() && (tls.bytesReceived() != received || tls.suspension() != null)) {
                        received = tls.bytesReceived();
                        begun = System.nanoTime();
                    }
                    readiness.await(key, tls.interest() & TlsChannel.SOCKET);
                    OptionalLong deadline = tls.deadlineNanos();
                    nanos = deadline.isPresent() ? deadline.getAsLong() - clock.getAsLong() : Long.MAX_VALUE;
                } finally {
                    lock.unlock();
                }
                if (timeoutNanos > 0) {
                    long left = timeoutNanos - (System.nanoTime() - begun);
                    if (left <= 0) {
                        throw new SocketTimeoutException("nothing came within the read timeout");
                    }
                    nanos = Math.min(nanos, left);
                }
                if (!wait.park(this, nanos)) {
                    abort();
                    throw new ClosedByInterruptException();
                }
            }
        }
    }

    private boolean isInHandshake() {
        return tls.isHandshaking() && !tls.state().isClosing();
    }

    /** Tries once; if that moved something or failed, the other threads may have a result too. */
    private long attempt(Attempt attempt) throws IOException {
        long before = tls.pump().progress();
        boolean threw = true;
        try {
            long result = attempt.run();
            threw = false;
            return result;
        } catch (ClosedChannelException e) {
            throw e; // the call came too late
        } catch (IOException e) {
            failed = true;
            throw e;
        } finally {
            ChannelState state = tls.state();
            inputEnded |= state == ChannelState.INPUT_ENDED || state == ChannelState.ENDED;
            if (threw || tls.pump().progress() != before) {
                waiters.signalOthers();
            }
        }
    }

    /** Ends the connection in good order, within the limits of the channel. */
    void close() {
        try {
            await(() -> tls.close() ? 1 : LATER);
        } catch (IOException e) {
            // Interrupted: the socket is closed by now.
        } finally {
            ended();
        }
    }

    /**
     * The same, but waits no longer than {@code drain} for the client's end, and not at all for a client that does not take
     * what another thread writes.
     */
    void close(Duration drain) {
        if (isStuck()) {
            abort();
            return;
        }
        try {
            await(() -> tls.close() || tls.state() == ChannelState.DRAINING ? 1 : LATER);
            await(Math.max(1, Nanos.of(drain)), () -> tls.close() ? 1 : LATER);
        } catch (IOException e) {
            abort(); // the time is over, or the thread was interrupted
        } finally {
            ended();
        }
    }

    /** Whether a thread waits for a client that does not take what was sealed before: no alert can follow that. */
    private boolean isStuck() {
        return locked(() -> writing.get() > 0 && (tls.interest() & TlsChannel.WRITE) != 0);
    }

    private void abort() {
        lock.lock();
        try {
            tls.abort();
        } finally {
            lock.unlock();
            ended();
        }
    }

    private void ended() {
        readiness.closed();
        waiters.signalOthers();
    }
}
