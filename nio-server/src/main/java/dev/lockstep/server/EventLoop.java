package dev.lockstep.server;

import dev.lockstep.keys.SelectorDriven;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread, one selector, every connection. Four things make it turn: a socket is ready, a key has answered (the
 * wake queue), a time limit has come, somebody wants it to stop.
 */
public final class EventLoop implements AutoCloseable {

    private static final int ACCEPTS_AT_ONCE = 64;
    private static final int WAKES_AT_ONCE = 1024;
    private static final int IDLE_BUFFERS = 64;
    private static final long ACCEPT_PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

    private final Selector selector;
    private final ServerSocketChannel listener;
    private final SelectionKey listenerKey;
    private final Supplier<TlsServerConfig> config;
    private final Supplier<Application> applications;
    private final Limits limits;
    private final Trace trace;
    private final Counters counters = new Counters();
    private final Deadlines deadlines = new Deadlines();
    private final BufferPool buffers = new BufferPool(TlsServerConnection.NETWORK_BUFFER_SIZE, IDLE_BUFFERS);
    private final Set<Connection> open = new HashSet<>();
    private final ConcurrentLinkedQueue<Connection> woken = new ConcurrentLinkedQueue<>();
    private final List<SelectorDriven> companions = new ArrayList<>();
    private volatile boolean stopping;
    private boolean acceptPaused;
    private long acceptPauseEnds;

    /**
     * Takes over a bound, listening socket.
     *
     * @param config asked once for each connection, which keeps what it gets; its clock must be {@link System#nanoTime}
     * @param applications makes one for each connection
     */
    EventLoop(
            ServerSocketChannel listener,
            Supplier<TlsServerConfig> config,
            Supplier<Application> applications,
            Limits limits,
            Trace trace)
            throws IOException {
        this.listener = listener;
        this.config = config;
        this.applications = applications;
        this.limits = limits;
        this.trace = trace;
        this.selector = Selector.open();
        listener.configureBlocking(false);
        this.listenerKey = listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    /**
     * Before {@link #run}: has something else live in this loop, a key server's client for instance. It stays open when
     * the loop ends.
     */
    void accompany(SelectorDriven companion) throws IOException {
        companion.register(selector);
        companions.add(companion);
    }

    /**
     * Serves until {@link #close}. Nothing that a peer does ends it.
     *
     * @throws IOException when the selector itself fails
     */
    void run() throws IOException {
        try {
            while (!stopping) {
                select();
                for (SelectorDriven companion : companions) {
                    companion.tick(now());
                }
                drainWakes();
                Deadlines.@Nullable Entry due;
                while ((due = deadlines.pollDue(now())) != null) {
                    due.connection.onDeadline();
                }
            }
        } finally {
            Set.copyOf(open).forEach(Connection::end);
            listener.close();
            selector.close();
        }
    }

    /** Any thread: makes {@link #run} return soon. */
    @Override
    public void close() {
        stopping = true;
        selector.wakeup();
    }

    private void select() throws IOException {
        updateAccept();
        OptionalLong sleep = deadlines.sleepMillis(now());
        long millis = acceptPaused ? TimeUnit.NANOSECONDS.toMillis(ACCEPT_PAUSE) : Long.MAX_VALUE;
        millis = Math.min(millis, sleep.orElse(Long.MAX_VALUE));
        for (SelectorDriven companion : companions) {
            millis = Math.min(millis, millisUntil(companion.nextDeadlineNanos()));
        }
        if (!woken.isEmpty() || millis == 0) {
            selector.selectNow(this::onReady);
        } else {
            selector.select(this::onReady, millis == Long.MAX_VALUE ? 0 : millis);
        }
    }

    /** Rounded up, so that the time has come when the selector returns. */
    private long millisUntil(OptionalLong nanos) {
        return nanos.isPresent()
                ? Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - now() + 999_999))
                : Long.MAX_VALUE;
    }

    private void onReady(SelectionKey key) {
        if (key.attachment() instanceof Connection connection) {
            connection.onReady();
        } else if (key.attachment() instanceof SelectorDriven companion) {
            companion.onReady(key);
        } else {
            accept();
        }
    }

    /** A bounded share of the queue, so that answers do not starve sockets. */
    private void drainWakes() {
        for (int i = 0; i < WAKES_AT_ONCE; i++) {
            Connection connection = woken.poll();
            if (connection == null) {
                return;
            }
            connection.onWake();
        }
    }

    /** Any thread, any number of times: what a waker ends in. It hands over and touches nothing of the connection. */
    private void wake(Connection connection) {
        if (connection.claimWake()) {
            woken.add(connection);
            selector.wakeup();
        }
    }

    private void accept() {
        for (int i = 0; i < ACCEPTS_AT_ONCE && open.size() < limits.connections(); i++) {
            SocketChannel channel;
            try {
                channel = listener.accept();
            } catch (IOException e) {
                // Out of descriptors, most likely: the ones that are open go on, and some of them will close.
                trace.note(0, "accept failed: " + e.getMessage());
                acceptPaused = true;
                acceptPauseEnds = now() + ACCEPT_PAUSE;
                return;
            }
            if (channel == null) {
                return;
            }
            register(channel);
        }
    }

    private void register(SocketChannel channel) {
        long id = ++counters.accepted;
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            TlsServerConnection tls = TlsServerConnection.create(config.get());
            Connection connection =
                    new Connection(id, this, key, new Transport(channel, buffers), tls, applications.get());
            tls.onWake(() -> wake(connection));
            key.attach(connection);
            open.add(connection);
            connection.settle();
        } catch (IOException e) {
            trace.note(id, "gone before it began: " + e.getMessage());
            try {
                channel.close();
            } catch (IOException ignored) {
                // The peer is gone, and so is the descriptor.
            }
        }
    }

    /** A full house leaves further connections in the kernel's backlog. */
    private void updateAccept() {
        if (acceptPaused && acceptPauseEnds - now() <= 0) {
            acceptPaused = false;
        }
        boolean welcome = !acceptPaused && open.size() < limits.connections();
        int interest = welcome ? SelectionKey.OP_ACCEPT : 0;
        if (listenerKey.interestOps() != interest) {
            listenerKey.interestOps(interest);
        }
    }

    /** The connection is over. */
    void forget(Connection connection) {
        open.remove(connection);
        deadlines.remove(connection.deadline);
    }

    /** How many connections are open; for the selector thread. */
    int openConnections() {
        return open.size();
    }

    long now() {
        return System.nanoTime();
    }

    Limits limits() {
        return limits;
    }

    Trace trace() {
        return trace;
    }

    Counters counters() {
        return counters;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    BufferPool buffers() {
        return buffers;
    }
}
