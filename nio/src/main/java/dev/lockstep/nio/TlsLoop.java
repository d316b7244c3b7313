package dev.lockstep.nio;

import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A TLS server on one thread and one selector: accepts connections, and runs each with a {@link Handler} of its own.
 * A connection that waits for its key costs the thread nothing.
 *
 * <p>Each turn of the loop serves ready sockets, deadlines, answers that have arrived, tasks, and connections that have
 * more to do; each of them for a bounded number of steps, so no client and no kind of work can keep the thread.
 *
 * <p><b>Errors.</b> What a handler throws, errors included, ends its connection and is reported to the
 * {@link LoopObserver}; the loop continues.
 *
 * <p><b>Threads.</b> {@link #run} occupies its thread until {@link #close}, which any thread may call, like
 * {@link #execute} and {@link #counters}. An interrupt of the running thread has the effect of {@code close}, and is set
 * again when {@link #run} returns.
 */
public final class TlsLoop implements AutoCloseable {

    private static final int IDLE_BUFFERS = 64;
    private static final int MOST_FAILED_TURNS = 16;

    /** Times the number of turns that have failed: more than a second in all, in which memory may be found again. */
    private static final long PAUSE_AFTER_FAILED_TURN = TimeUnit.MILLISECONDS.toNanos(10);

    private final Selector selector;
    private final Acceptor acceptor;
    private final List<LoopGuest> guests;
    private final Reports reports;
    private final LoopCounters counters = new LoopCounters();
    private final Deadlines deadlines = new Deadlines();
    private final BufferPool buffers = new BufferPool(IDLE_BUFFERS);
    private final Places places;
    private final Holdings holdings;
    private final WorkQueues work = new WorkQueues();
    private final LongSupplier nanoTime;
    /** Set by the thread that runs the loop, or by one that closes it before. */
    private final AtomicBoolean taken = new AtomicBoolean();

    private volatile boolean stopping;
    private volatile boolean drained;

    /** Non-null while the loop drains. Belongs to the loop's thread. */
    private @Nullable Draining draining;

    TlsLoop(TlsLoopBuilder builder) throws IOException {
        this.guests = List.copyOf(builder.guests);
        this.reports = new Reports(builder.observers, counters.defects);
        this.places = new Places(builder.limits);
        this.nanoTime = builder.nanoTime;
        this.holdings = new Holdings(builder.limits);
        // A channel can be registered only with a selector of its own provider.
        this.selector = builder.listener.provider().openSelector();
        boolean made = false;
        try {
            this.acceptor = new Acceptor(this, new Admission(this, builder), builder, selector);
            for (LoopGuest guest : guests) {
                guest.register(selector);
            }
            made = true;
        } finally {
            if (!made) {
                selector.close();
                builder.listener.close();
            }
        }
    }

    /**
     * Returns a builder.
     *
     * @param listener bound; belongs to the loop, which closes it
     * @param config asked once for each connection, which keeps what it gets; its clock must be {@link System#nanoTime}
     * @param handlers makes one for each connection
     */
    public static TlsLoopBuilder builder(
            ServerSocketChannel listener, Supplier<TlsServerConfig> config, Supplier<? extends Handler> handlers) {
        return new TlsLoopBuilder(listener, config, handlers);
    }

    /**
     * Serves until {@link #close}, then closes all connections and the listening socket. Nothing that a client or a
     * handler does ends it.
     *
     * @throws IOException when the selector fails again and again
     */
    public void run() throws IOException {
        if (!taken.compareAndSet(false, true)) {
            if (stopping) {
                return; // it was closed before
            }
            throw new IllegalStateException("a loop runs once");
        }
        boolean interrupted = Thread.interrupted();
        try {
            guests.forEach(LoopGuest::onStart);
            int failedTurns = 0;
            while (!stopping && !interrupted) {
                try {
                    turn();
                    failedTurns = 0;
                } catch (Throwable e) { // the selector, most likely for want of memory
                    defect(0, e);
                    if (++failedTurns == MOST_FAILED_TURNS) {
                        throw new IOException("the loop fails in every turn", e);
                    }
                    LockSupport.parkNanos(failedTurns * PAUSE_AFTER_FAILED_TURN);
                }
                interrupted = Thread.interrupted();
            }
        } finally {
            try {
                places.copy().forEach(Connection::end);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt(); // not before: nothing could be written
                }
                release();
            }
        }
    }

    private void release() throws IOException {
        try {
            acceptor.close();
        } finally {
            selector.close();
        }
    }

    /** Makes {@link #run} return soon. A loop that does not run yet never will: its listening socket is closed immediately. */
    @Override
    public void close() {
        stopping = true;
        if (taken.compareAndSet(false, true)) {
            try {
                release();
            } catch (IOException e) {
                defect(0, e); // the descriptors are released even so
            }
        } else {
            selector.wakeup();
        }
    }

    /**
     * Makes {@link #run} return when the connections that are open have come to their end: closes the listening socket, asks
     * every {@link Handler#onDrain}, and ends what is left after {@code limit}, with close_notify where {@link Handler#mayEnd}
     * permits it. Any thread may call this.
     *
     * @param limit zero or more
     */
    public void drain(Duration limit) {
        long nanos = Nanos.of(limit);
        execute(() -> {
            if (draining == null) {
                drained = true;
                draining = new Draining(places, now(), nanos);
                acceptor.finish();
            }
        });
    }

    /** Runs {@code task} soon on the loop's thread. A task must not block. */
    public void execute(Runnable task) {
        work.execute(task);
        selector.wakeup();
    }

    /** Returns whether the loop has ended, or ends, because it was told to {@link #drain}. Any thread may ask. */
    boolean hasDrained() {
        return drained;
    }

    /** Returns what the loop has done so far. */
    public LoopCounters counters() {
        return counters;
    }

    /** Returns how many connections are open. Only the loop's thread may ask. */
    public int openConnections() {
        return places.size();
    }

    private void turn() throws IOException {
        select();
        long now = now();
        for (LoopGuest guest : guests) {
            guest.tick(now);
        }
        Deadlines.@Nullable Entry due;
        for (int i = 0; i < WorkQueues.AT_ONCE && (due = deadlines.pollDue(now)) != null; i++) {
            due.connection.onDeadline();
            relieve();
        }
        work.serve(reports::run, this::relieve);
        if (draining != null && draining.isOver(now)) {
            stopping = true;
        }
    }

    private void select() throws IOException {
        long now = now();
        long millis = toMillis(acceptor.update());
        millis = Math.min(millis, deadlines.sleepMillis(now).orElse(Long.MAX_VALUE));
        if (draining != null) {
            millis = Math.min(millis, toMillis(draining.sleepNanos(now)));
        }
        for (LoopGuest guest : guests) {
            OptionalLong deadline = guest.nextDeadlineNanos();
            if (deadline.isPresent()) {
                millis = Math.min(millis, toMillis(Math.max(0, deadline.getAsLong() - now)));
            }
        }
        if (millis == 0 || !work.isEmpty()) {
            selector.selectNow(this::onReady);
        } else {
            selector.select(this::onReady, millis == Long.MAX_VALUE ? 0 : millis);
        }
    }

    /** Rounds up, so that the time has come when the selector returns. */
    private static long toMillis(long nanos) {
        return nanos == Long.MAX_VALUE ? nanos : TimeUnit.NANOSECONDS.toMillis(nanos + 999_999);
    }

    /** A first handshake is complete. */
    void onEstablished(Connection connection) {
        if (draining != null) {
            draining.established(connection);
        }
    }

    /** Ends a connection in favour of others. */
    void evict(Connection connection, String why) {
        counters.evicted.increment();
        report(it -> it.onEvicted(connection));
        connection.evict(why);
    }

    /** Ends the connections that hold most until all together hold no more than they may. */
    private void relieve() {
        for (Connection excess = holdings.excess(); excess != null; excess = holdings.excess()) {
            report(it -> it.onShortage(Shortage.MEMORY, null));
            evict(excess, "ended to save memory: it holds most of all");
            excess.forgetHoldings();
        }
    }

    private void onReady(SelectionKey key) {
        if (!key.isValid()) {
            return; // its channel was closed on behalf of another key of this turn
        }
        if (key.attachment() instanceof Connection connection) {
            connection.onTurn();
            relieve();
        } else if (key.attachment() instanceof Watched watched) {
            watched.onReady(key);
            relieve();
        } else if (key.attachment() == acceptor) {
            acceptor.onReady();
        } else {
            for (LoopGuest guest : guests) {
                if (guest.owns(key)) {
                    guest.onReady(key);
                }
            }
        }
    }

    /** Any thread, any number of times: enqueues the connection and touches nothing of it. */
    void wake(@Nullable Connection connection) {
        if (connection != null && work.wake(connection)) {
            selector.wakeup();
        }
    }

    /** Registers the socket of a connection, to which the caller attaches it. */
    SelectionKey register(SocketChannel socket) throws IOException {
        return socket.register(selector, SelectionKey.OP_READ);
    }

    SelectionKey register(SelectableChannel channel, int ops, Watched watched) throws IOException {
        return channel.register(selector, ops, watched);
    }

    WorkQueues work() {
        return work;
    }

    /** Counts and reports what should not have been thrown. */
    void defect(long id, Throwable t) {
        reports.defect(id, t);
    }

    /** An observer's own faults are no reason to stop serving. */
    void report(Consumer<LoopObserver> event) {
        reports.tell(event);
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /** Returns about how many bytes all connections hold. Only the loop's thread may ask. */
    public long heldBytes() {
        return holdings.total();
    }

    Holdings holdings() {
        return holdings;
    }

    Places places() {
        return places;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    BufferPool buffers() {
        return buffers;
    }
}
