package dev.lockstep.keys.keyserver;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import dev.lockstep.keys.keyserver.transport.FrameChannel;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final Map<Long, KeyServerOperation> open = new HashMap<>();
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
    private @Nullable SelectionKey key;
    private @Nullable FrameChannel frames;
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
        SocketChannel channel = null;
        try {
            Selector joined = selector;
            if (address == null || attempt == null || joined == null) {
                throw new IOException("its host name has no address");
            }
            due = attempt.due(now);
            channel = target.open();
            boolean connected = channel.connect(address);
            FrameChannel fresh = new FrameChannel(target.transport(channel));
            frames = fresh;
            fresh.send(new Frame(0, new Message.Hello(Message.OLDEST_VERSION, Message.VERSION)));
            int interest = connected ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT;
            key = channel.register(joined, interest, attachment);
        } catch (IOException e) {
            ConnectionAttempt.discard(channel);
            down(e);
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
        FrameChannel current = frames;
        if (ready != key || current == null) {
            return; // of a connection that ended in this very round
        }
        try {
            if (ready.isConnectable() && !((SocketChannel) ready.channel()).finishConnect()) {
                return;
            }
            current.flush();
            current.receive(this::onFrame);
            current.flush();
            if (ready == key) {
                ready.interestOps(current.interest(true));
            }
        } catch (IOException | ProtocolException e) {
            down(e);
        } catch (RuntimeException | Error e) {
            down(new IOException("it could not be served", e)); // a frame may be read in part
            throw e;
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
            FrameChannel current = frames;
            if (current != null) {
                waiting.drainTo(current::send);
            }
            return true;
        }
        if (message instanceof Message.Pong && liveness.answered(frame.id())) {
            return true;
        }
        KeyServerOperation operation = open.remove(frame.id());
        if (operation != null && message instanceof Message.Result result) {
            operation.complete(result.octets().bytes(), version >= Message.VERIFYING_VERSION);
        } else if (operation != null && message instanceof Message.Failed failed) {
            operation.fail(KeyServerFailures.of(failed.failure()));
        } else {
            if (message instanceof Message.Result result) {
                Wipe.bytes(result.octets().bytes());
            }
            if (operation != null) {
                open.put(frame.id(), operation); // fails with the others
            }
            throw KeyServerFailures.refused("an answer is to nothing that was asked");
        }
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
        FrameChannel current = frames;
        SelectionKey selection = state == State.UP ? key : null;
        if (selection == null && !(state == State.CONNECTING && firstAttempt)) {
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
        open.put(operation.id, operation);
        if (current != null && selection != null) {
            current.send(frame);
            wantsToWrite(selection, current);
        } else {
            waiting.add(frame);
        }
        return Start.inProgress(operation);
    }

    /** Sent in the next round of the loop, together with what else comes up in this one. */
    private static void wantsToWrite(SelectionKey selection, FrameChannel current) {
        if (selection.isValid() && (selection.interestOps() & SelectionKey.OP_CONNECT) == 0) {
            selection.interestOps(current.interest(true));
        }
    }

    /** An operation that was sent stays open, since its answer is still to come: to be wiped then. */
    private void cancel(KeyServerOperation operation) {
        if (waiting.remove(operation.id)) {
            open.remove(operation.id);
            return;
        }
        FrameChannel current = frames;
        SelectionKey selection = key;
        if (open.containsKey(operation.id) && current != null && selection != null) {
            current.send(new Frame(operation.id, new Message.Cancel()));
            wantsToWrite(selection, current);
        }
    }

    void tick(long now) {
        requireOwner();
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
            FrameChannel up = frames;
            SelectionKey selection = key;
            if (liveness.isOver(now)) {
                down(new IOException("it answers nothing any more"));
            } else if (liveness.wantsPing(now) && up != null && selection != null) {
                long id = nextId++;
                liveness.asked(id, now);
                up.send(new Frame(id, new Message.Ping()));
                wantsToWrite(selection, up);
            }
        }
    }

    OptionalLong nextDeadlineNanos() {
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
        attempt = null;
        waiting.clear();
        forgetChannel();
        liveness.reset();
        List<KeyServerOperation> lost = List.copyOf(open.values());
        open.clear();
        lost.forEach(operation -> operation.fail(unavailable()));
    }

    private void forgetChannel() {
        FrameChannel ended = frames;
        frames = null;
        key = null;
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
