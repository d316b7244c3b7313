package dev.lockstep.keys.keyserver;

import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The connection to a key server, which is made again whenever it is lost. Requests that are open when it ends fail
 * immediately, as do requests made while there is none; those made during the first attempt to connect wait for it.
 */
final class KeyServerLink {

    private static final long NANOS_PER_MILLI = 1_000_000;

    /** What may wait to be sent before requests are refused. */
    private static final int MOST_QUEUED = 4 << 20;

    private enum State {
        /** Not registered yet. */
        NEW,
        CONNECTING,
        UP,
        DOWN,
        CLOSED
    }

    private final KeyServerTarget target;
    private final SelectorDriven attachment;
    private final KeyServerKeys.Options options;
    private final OpenRequests open = new OpenRequests();
    private final LivenessCheck liveness;
    private final LinkReports reports;
    private State state = State.NEW;
    private boolean firstAttempt = true;
    private @Nullable Thread owner;
    /** Also for a thread that looks up a name, or asks for another connection, to wake the loop by. */
    private volatile @Nullable Selector selector;

    private @Nullable ConnectionAttempt attempt;
    private final WaitingFrames waiting = new WaitingFrames();
    private volatile boolean reconnects;
    private @Nullable LinkChannel channel;
    private @Nullable Exception lastFailure;
    private final KeyOffers offers = new KeyOffers();

    /** What the last welcome chose. */
    private int version;

    private int maxOpen;
    private long nextId = 1;
    private long retryDelay;
    private long due;

    KeyServerLink(KeyServerTarget target, SelectorDriven attachment, KeyServerKeys.Options options) {
        this.target = target;
        this.attachment = attachment;
        this.options = options;
        this.reports = new LinkReports(options.observer());
        this.liveness = new LivenessCheck(options.limitNanos());
        this.maxOpen = options.maxOpen();
        this.retryDelay = options.firstRetryNanos();
    }

    void register(Selector joined) {
        if (state != State.NEW) {
            throw new IllegalStateException("registered already, or closed; make one for each loop");
        }
        selector = joined;
        connect(now());
    }

    private void connect(long now) {
        state = State.CONNECTING;
        reconnects = false;
        due = now + options.limitNanos();
        maxOpen = options.maxOpen();
        CompletableFuture<List<SocketAddress>> lookup = target.lookup();
        ConnectionAttempt next = new ConnectionAttempt(lookup, due);
        attempt = next;
        if (next.isReady()) {
            begin(next, now);
        } else {
            CompletableFuture<?> unused = lookup.whenComplete((addresses, fault) -> wakeUp());
        }
    }

    private void begin(ConnectionAttempt begun, long now) {
        try {
            begun.begin();
            open(begun.next(), now);
        } catch (IOException e) {
            down(e);
        }
    }

    private void open(@Nullable SocketAddress address, long now) {
        try {
            Selector joined = selector;
            if (address == null || attempt == null || joined == null) {
                throw new IOException("its host name has no address");
            }
            due = attempt.due(now);
            channel = LinkChannel.open(target, address, joined, attachment);
        } catch (IOException e) {
            down(e);
        } catch (RuntimeException | OutOfMemoryError e) {
            // Boundary of one attempt: what fails it, such as an address of a kind that the system does not know, or
            // memory
            // that has run out once, must not fail the loop's other work.
            down(new IOException("it cannot be connected to (" + e + ")", e));
        }
    }

    private void wakeUp() {
        Selector joined = selector;
        if (joined != null) {
            joined.wakeup();
        }
    }

    /** Any thread: makes the connection again at the next moment without open requests. */
    void reconnect() {
        reconnects = true;
        wakeUp();
    }

    void onReady(SelectionKey ready) {
        requireOwner();
        LinkChannel current = channel;
        if (current != null && current.isOf(ready)) { // else of a connection that ended in this very round
            serve(current);
        }
    }

    private void serve(LinkChannel current) {
        try {
            current.turn(this::onFrame);
        } catch (IOException | ProtocolException e) {
            lost(current, e);
        } catch (RuntimeException | Error e) {
            lost(current, new IOException("it could not be served", e)); // a frame may be read in part
            throw e;
        }
    }

    /** A channel that was ended meanwhile is not lost. */
    private void lost(LinkChannel ended, Exception cause) {
        if (channel == ended) {
            down(cause);
        }
    }

    private boolean onFrame(Frame frame) throws ProtocolException {
        liveness.heard(now());
        Message message = frame.message();
        if (state == State.CONNECTING) {
            if (!(message instanceof Message.Welcome welcome)
                    || welcome.version() < Message.OLDEST_VERSION
                    || welcome.version() > Message.VERSION) {
                throw KeyServerFailures.notWelcome(message);
            }
            version = welcome.version();
            offers.are(welcome.keys());
            state = State.UP;
            firstAttempt = false;
            retryDelay = options.firstRetryNanos();
            maxOpen = Math.min(maxOpen, welcome.maxOpen());
            reports.up();
            LinkChannel current = channel;
            if (current != null) {
                waiting.drainTo(current::send);
            }
            return true;
        }
        if (message instanceof Message.Pong && liveness.answered(frame.id())) {
            return true;
        }
        open.answer(frame, version >= Message.VERIFYING_VERSION);
        return true;
    }

    /** What the key server offered when it was last heard; any thread. */
    KeyOffers offers() {
        return offers;
    }

    /**
     * Sends a request.
     *
     * @param request makes it from the milliseconds that are left, 0 for no deadline
     * @param resultLength what the answer must have, 0 for any length
     */
    Start<byte[]> start(OptionalLong deadline, IntFunction<Message> request, Waker waker, int resultLength) {
        requireOwner();
        LinkChannel current = state == State.UP ? channel : null;
        if (current == null && !(state == State.CONNECTING && firstAttempt)) {
            return Start.failed(unavailable());
        }
        int queued = current == null ? 0 : current.queuedBytes();
        if (open.size() >= maxOpen || queued + waiting.bytes() >= MOST_QUEUED) {
            return Start.failed(new OperationException(
                    Reason.REJECTED, open.size() + " requests are open at the key server: no room for another"));
        }
        int millis = 0;
        if (deadline.isPresent()) {
            long left = deadline.getAsLong() - now();
            if (left <= 0) {
                return Start.failed(new OperationException(Reason.TIMED_OUT, "the deadline has passed already"));
            }
            millis = (int) Math.min(Integer.MAX_VALUE, (left + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
        }
        KeyServerOperation operation = new KeyServerOperation(nextId++, waker, resultLength, this::cancel);
        Frame frame = new Frame(operation.id, request.apply(millis));
        if (open.isEmpty()) {
            liveness.heard(now());
        }
        open.begin(operation, () -> {
            if (current != null) {
                current.send(frame);
            } else {
                waiting.add(frame);
            }
        });
        return Start.inProgress(operation);
    }

    /** An operation that was sent stays open, since its answer is still to come: to be wiped then. */
    private void cancel(KeyServerOperation operation) {
        if (waiting.remove(operation.id)) {
            open.remove(operation.id);
            return;
        }
        LinkChannel current = channel;
        if (open.contains(operation.id) && current != null) {
            current.send(new Frame(operation.id, new Message.Cancel()));
        }
    }

    void tick(long now) {
        requireOwner();
        LinkChannel unread = channel;
        if (unread != null && unread.hasInput()) {
            serve(unread);
        }
        ConnectionAttempt current = attempt;
        if (state == State.DOWN && now - due >= 0) {
            connect(now);
        } else if (state == State.CONNECTING && current != null && current.isReady()) {
            begin(current, now);
        } else if (state == State.CONNECTING && now - due >= 0) {
            boolean unknown = current != null && current.isLookingUp();
            down(new IOException(unknown ? "its host name is not looked up in time" : "it sent no welcome in time"));
        } else if (state == State.UP && reconnects && open.isEmpty()) {
            // What is asked meanwhile waits, as for the first connection: the other end is there.
            disconnect(State.DOWN);
            firstAttempt = true;
            connect(now);
        } else if (state == State.UP && !open.isEmpty()) {
            LinkChannel up = channel;
            if (liveness.isOver(now)) {
                down(new IOException("it answers nothing any more"));
            } else if (liveness.wantsPing(now) && up != null) {
                long id = nextId++;
                up.send(new Frame(id, new Message.Ping()));
                liveness.asked(id, now);
            }
        }
    }

    OptionalLong nextDeadlineNanos() {
        LinkChannel current = channel;
        if (current != null && current.hasInput()) {
            return OptionalLong.of(now());
        }
        return switch (state) {
            case CONNECTING, DOWN -> OptionalLong.of(due);
            case UP -> open.isEmpty() ? OptionalLong.empty() : OptionalLong.of(liveness.dueNanos());
            case NEW, CLOSED -> OptionalLong.empty();
        };
    }

    /** The connection is lost, or was not made. */
    private void down(Exception cause) {
        lastFailure = cause;
        if (state == State.CONNECTING && attempt != null && attempt.hasNext()) {
            forgetChannel();
            open(attempt.next(), now());
            return;
        }
        reports.down(cause);
        firstAttempt = false;
        disconnect(State.DOWN);
        due = now() + retryDelay;
        retryDelay = Math.min(2 * retryDelay, options.longestRetryNanos());
    }

    void close() {
        firstAttempt = false;
        if (lastFailure == null) {
            lastFailure = new IOException("closed");
        }
        disconnect(State.CLOSED);
    }

    private void disconnect(State next) {
        state = next;
        if (attempt != null) {
            attempt.abandon();
            attempt = null;
        }
        waiting.clear();
        forgetChannel();
        liveness.reset();
        open.fail(this::unavailable);
    }

    private void forgetChannel() {
        LinkChannel ended = channel;
        channel = null;
        if (ended != null) {
            ended.close();
        }
    }

    OperationException unavailable() {
        Exception cause = lastFailure;
        return new OperationException(
                Reason.KEY_UNAVAILABLE,
                "no connection to the key server at " + target + (cause == null ? "" : ": " + cause.getMessage()),
                cause);
    }

    /** Nothing here is locked: a second thread is a defect of the application, and better told than suffered. */
    private void requireOwner() {
        Thread current = Thread.currentThread();
        if (owner == null) {
            owner = current;
        } else if (owner != current) {
            throw new IllegalStateException("used by two threads; make one for each selector loop");
        }
    }

    boolean isConnecting() {
        return state == State.CONNECTING;
    }

    boolean isUp() {
        return state == State.UP;
    }

    int openRequests() {
        return open.size();
    }

    private long now() {
        return options.clock().getAsLong();
    }

    @Override
    public String toString() {
        return target.toString();
    }
}
