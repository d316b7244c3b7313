package dev.lockstep.server.ops;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import dev.lockstep.server.loop.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * {@code /metrics}, {@code /healthz} and {@code /readyz} over plain HTTP, on one thread and selector of its own: it answers
 * while the loops are busy. No client keeps the thread waiting. Each has a time limit for its request and one for the
 * answer; when all {@value #PLACES} places are taken, a new client takes that of the oldest. It has no authentication, so
 * it belongs on the loopback address or a network of the operator's.
 */
public final class AdminServer implements AutoCloseable {

    /** How many connections are open at the same time. */
    static final int PLACES = 64;

    private static final int BACKLOG = 128;

    /** How many connections a turn accepts: then those that are open have their turn. */
    private static final int ACCEPTS_AT_ONCE = 16;

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long END_MILLIS = 2_000;

    /** Takes the next connection from the backlog; null if there is none. */
    @FunctionalInterface
    interface Accept {
        @Nullable
        SocketChannel next(ServerSocketChannel listener) throws IOException;
    }

    private final Operations operations;
    private final AdminPages pages;
    private final long limitNanos;
    private final Accept accept;
    private final ServerSocketChannel listener;
    private final Selector selector;
    private final SelectionKey accepting;
    private final int port;
    private final Thread thread;
    private final LongAdder defects = new LongAdder();

    /** The oldest first. Belongs to the thread, as all that follows. */
    private final ArrayDeque<AdminConnection> open = new ArrayDeque<>();

    private final ByteBuffer input = ByteBuffer.allocate(4096);
    private boolean failing;
    private long pausedUntil;
    private volatile boolean closed;

    private AdminServer(Operations operations, Duration limit, Accept accept, ServerSocketChannel listener)
            throws IOException {
        this.operations = operations;
        this.pages = new AdminPages(operations);
        this.limitNanos = limit.toNanos();
        this.accept = accept;
        this.listener = listener;
        listener.configureBlocking(false);
        this.port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        this.selector = Selector.open();
        this.accepting = listener.register(selector, SelectionKey.OP_ACCEPT);
        this.thread = new Thread(this::run, "lockstep-admin");
        this.thread.setDaemon(true);
    }

    /** Opens the port, if one was asked for. */
    public static @Nullable AdminServer open(Operations operations) throws UsageError {
        return open(operations, LIMIT, ServerSocketChannel::accept);
    }

    /**
     * Opens the port, if one was asked for.
     *
     * @param limit how long a request may take, and then an answer
     */
    static @Nullable AdminServer open(Operations operations, Duration limit, Accept accept) throws UsageError {
        InetSocketAddress address = operations.admin();
        if (address == null) {
            return null;
        }
        try {
            ServerSocketChannel listener = ServerSocketChannel.open();
            try {
                AdminServer server = new AdminServer(operations, limit, accept, listener.bind(address, BACKLOG));
                server.thread.start();
                return server;
            } catch (Throwable t) {
                listener.close();
                throw t;
            }
        } catch (IOException e) {
            throw ListenAddress.refused("--admin", address, e);
        }
    }

    /** Returns the port. */
    public int port() {
        return port;
    }

    /** Returns how many unchecked exceptions and errors it has survived. Any thread may ask. */
    public long defects() {
        return defects.sum();
    }

    private void run() {
        while (!closed) {
            try {
                turn();
            } catch (Throwable t) {
                defect(t);
                LockSupport.parkNanos(PAUSE_NANOS); // what fails in every turn must not take a processor
            }
        }
        open.forEach(AdminConnection::close);
        try {
            listener.close();
            selector.close();
        } catch (IOException e) {
            defect(e);
        }
    }

    private void turn() throws IOException {
        long now = System.nanoTime();
        long pause = failing ? Math.max(0, pausedUntil - now) : 0;
        accepting.interestOps(pause == 0 ? SelectionKey.OP_ACCEPT : 0);
        long wait = pause == 0 ? Long.MAX_VALUE : pause;
        for (AdminConnection each : open) {
            wait = Math.min(wait, Math.max(1, each.deadline() - now));
        }
        selector.select(this::onReady, wait == Long.MAX_VALUE ? 0 : TimeUnit.NANOSECONDS.toMillis(wait) + 1);
        long after = System.nanoTime();
        for (AdminConnection each : List.copyOf(open)) {
            if (after - each.deadline() >= 0) {
                end(each);
            }
        }
    }

    private void onReady(SelectionKey key) {
        if (key.attachment() instanceof AdminConnection connection) {
            turn(connection);
        } else {
            accept();
        }
    }

    private void accept() {
        for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
            SocketChannel socket;
            try {
                socket = accept.next(listener);
            } catch (IOException e) {
                acceptFailed(e);
                return;
            }
            failing = false;
            if (socket == null) {
                return;
            }
            if (open.size() >= PLACES) {
                end(open.getFirst());
            }
            AdminConnection connection = null;
            try {
                connection = AdminConnection.of(socket, selector, pages, limitNanos);
                open.add(connection);
            } catch (IOException e) {
                continue; // the client has left
            } finally {
                if (connection == null) {
                    closeQuietly(socket);
                }
            }
            turn(connection);
        }
    }

    /** Most often for lack of descriptors: the backlog stays ready meanwhile, so it is left alone for a while. */
    private void acceptFailed(IOException e) {
        operations.metrics().acceptFailures.increment();
        if (!failing) {
            operations.log().log(LogEvent.of(
                            EventType.ACCEPT_FAILED,
                            "a connection to the admin port cannot be accepted; it tries again")
                    .with("reason", e.getMessage()));
        }
        failing = true;
        pausedUntil = System.nanoTime() + PAUSE_NANOS;
    }

    private void turn(AdminConnection connection) {
        boolean over = true;
        try {
            over = connection.turn(input);
        } catch (IOException e) {
            over = true; // the client has left
        } catch (Throwable t) {
            defect(t);
        } finally {
            if (over) {
                end(connection);
            }
        }
    }

    private void end(AdminConnection connection) {
        open.remove(connection);
        connection.close();
    }

    private void defect(Throwable cause) {
        defects.increment();
        try {
            operations.log().log(
                    LogEvent.of(EventType.DEFECT, "a defect of this program, at the admin port: " + cause));
        } catch (RuntimeException | Error e) {
            defects.increment(); // memory has run out: the count is all that can be told
        }
    }

    static void closeQuietly(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // The descriptor is released even so.
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(END_MILLIS); // the port is free when it has ended
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
