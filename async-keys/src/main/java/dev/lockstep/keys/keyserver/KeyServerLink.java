package dev.lockstep.keys.keyserver;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.keyserver.protocol.KeyOffer;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import dev.lockstep.keys.keyserver.transport.FrameChannel;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
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
    private State state = State.NEW;
    private boolean firstAttempt = true;
    private @Nullable Thread owner;
    private @Nullable Selector selector;
    private @Nullable SelectionKey key;
    private @Nullable FrameChannel frames;
    private @Nullable Exception lastFailure;
    /** What the last welcome offered, null before the first. Read by any thread. */
    private volatile @Nullable Map<KeyId, KeyOffer> offers;

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
        due = now + options.limitNanos();
        maxOpen = options.maxOpen();
        SocketChannel channel = null;
        try {
            channel = target.open();
            boolean connected = channel.connect(target.address());
            FrameChannel fresh = new FrameChannel(target.transport(channel));
            frames = fresh;
            fresh.send(new Frame(0, new Message.Hello(Message.OLDEST_VERSION, Message.VERSION)));
            int interest = connected ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT;
            key = channel.register(joined(), interest, attachment);
        } catch (IOException e) {
            discard(channel);
            down(e);
        }
    }

    private Selector joined() {
        Selector joined = selector;
        if (joined == null) {
            throw new IllegalStateException("not registered");
        }
        return joined;
    }

    private static void discard(@Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // It was never of use.
        }
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
                throw notWelcome(message);
            }
            version = welcome.version();
            offers = byId(welcome.keys());
            state = State.UP;
            firstAttempt = false;
            retryDelay = options.firstRetryNanos();
            maxOpen = Math.min(maxOpen, welcome.maxOpen());
            report(KeyServerObserver::onConnected);
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
            throw refused("an answer is to nothing that was asked");
        }
        return true;
    }

    private static ProtocolException notWelcome(Message message) {
        if (!(message instanceof Message.Failed failed)) {
            return refused("its welcome is missing");
        }
        return new ProtocolException(
                failed.failure() == Message.Failure.UNSUPPORTED
                        ? "the key server does not speak versions " + Message.OLDEST_VERSION + " to " + Message.VERSION
                                + " of the protocol; update it"
                        : "the key server refuses this client: no key is for it, or it has no place left");
    }

    private static Map<KeyId, KeyOffer> byId(List<KeyOffer> keys) {
        Map<KeyId, KeyOffer> byId = new HashMap<>();
        keys.forEach(offer -> byId.put(offer.key(), offer));
        return Map.copyOf(byId);
    }

    /** Takes over what another connection to the same key server was told. Any thread. */
    void learn(KeyServerLink other) {
        offers = other.offers;
    }

    /** Returns whether the key server decrypts with a key; true while it is not known. Any thread. */
    boolean mayDecrypt(KeyId id) {
        Map<KeyId, KeyOffer> known = offers;
        if (known == null) {
            return true;
        }
        KeyOffer offer = known.get(id);
        return offer != null && offer.decrypts();
    }

    /** Returns whether the last welcome had a key for signatures or decryption. Any thread. */
    boolean offers(KeyId id) {
        Map<KeyId, KeyOffer> known = offers;
        return known != null && known.containsKey(id);
    }

    int offered() {
        Map<KeyId, KeyOffer> known = offers;
        return known == null ? 0 : known.size();
    }

    private static ProtocolException refused(String what) {
        return new ProtocolException("the key server breaks the protocol: " + what);
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
        SelectionKey selection = key;
        if (current == null || selection == null || (state != State.UP && !firstAttempt)) {
            return Start.failed(unavailable());
        }
        if (open.size() >= maxOpen || current.queuedBytes() >= MOST_QUEUED) {
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
        current.send(new Frame(operation.id, request.apply(millis)));
        if (open.isEmpty()) {
            liveness.heard(now());
        }
        open.put(operation.id, operation);
        wantsToWrite(selection, current);
        return Start.inProgress(operation);
    }

    /** Sent in the next round of the loop, together with what else comes up in this one. */
    private static void wantsToWrite(SelectionKey selection, FrameChannel current) {
        if (selection.isValid() && (selection.interestOps() & SelectionKey.OP_CONNECT) == 0) {
            selection.interestOps(current.interest(true));
        }
    }

    /** The operation stays open, since its answer is still to come: to be wiped then. */
    private void cancel(KeyServerOperation operation) {
        FrameChannel current = frames;
        SelectionKey selection = key;
        if (open.containsKey(operation.id) && current != null && selection != null) {
            current.send(new Frame(operation.id, new Message.Cancel()));
            wantsToWrite(selection, current);
        }
    }

    void tick(long now) {
        requireOwner();
        if (state == State.DOWN && now - due >= 0) {
            connect(now);
        } else if (state == State.CONNECTING && now - due >= 0) {
            down(new IOException("it sent no welcome in time"));
        } else if (state == State.UP && !open.isEmpty()) {
            FrameChannel current = frames;
            SelectionKey selection = key;
            if (liveness.isOver(now)) {
                down(new IOException("it answers nothing any more"));
            } else if (liveness.wantsPing(now) && current != null && selection != null) {
                long id = nextId++;
                liveness.asked(id, now);
                current.send(new Frame(id, new Message.Ping()));
                wantsToWrite(selection, current);
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
        boolean wasConnected = state == State.UP;
        lastFailure = cause;
        report(observer -> observer.onDisconnected(wasConnected, cause));
        firstAttempt = false;
        disconnect(State.DOWN);
        due = now() + retryDelay;
        retryDelay = Math.min(2 * retryDelay, options.longestRetryNanos());
    }

    private void report(Consumer<KeyServerObserver> event) {
        try {
            event.accept(options.observer());
        } catch (RuntimeException | Error e) {
            // An observer's own faults are no reason to lose the keys.
        }
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
        FrameChannel ended = frames;
        frames = null;
        key = null;
        if (ended != null) {
            ended.close();
        }
        liveness.reset();
        List<KeyServerOperation> lost = List.copyOf(open.values());
        open.clear();
        lost.forEach(operation -> operation.fail(unavailable()));
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
