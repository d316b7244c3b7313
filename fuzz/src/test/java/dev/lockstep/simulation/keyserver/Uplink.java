package dev.lockstep.simulation.keyserver;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.keys.keyserver.KeyServerObserver;
import dev.lockstep.keys.keyserver.MemoryKeyServer;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import dev.lockstep.keys.keyserver.transport.ByteTransport;
import dev.lockstep.keys.keyserver.transport.PlainTransport;
import dev.lockstep.simulation.Fault;
import dev.lockstep.simulation.LoopVisit;
import dev.lockstep.simulation.LoopWorld;
import dev.lockstep.simulation.Server;
import dev.lockstep.simulation.sockets.MemorySocket;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The client of the key server in a loop, the network before it, and what must be true of its operations: each has its own
 * answer; when the connection is lost all fail, and none hangs; and the connection is made again.
 */
final class Uplink implements KeyServerObserver {

    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LONGEST_RETRY = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** What the network and the loop's turns take besides. */
    private static final long SLACK = LoopWorld.millis(500);

    /** The longest time to a connection: an attempt that is lost, a pause, and another one that a busy key server refuses. */
    private static final long TO_CONNECT = 2 * PATIENCE.plus(LONGEST_RETRY).toNanos() + SLACK;

    /** An operation with a key. */
    @FunctionalInterface
    interface Question {
        Start<byte[]> start(ExternalPrivateKey key, Waker waker) throws Exception;
    }

    private final int number;
    private final LoopWorld world;
    private final Host host;
    private final Ledger ledger;
    private final KeyServerKeys keys;
    private final Map<TestIdentity, ExternalPrivateKey> byIdentity = new EnumMap<>(TestIdentity.class);
    private final List<Asked> open = new ArrayList<>();
    private final Deque<Runnable> held = new ArrayDeque<>();
    private @Nullable Wire wire;
    private @Nullable ByteTransport transport;
    private long readAt;
    private boolean heard;
    private int losses;
    private int cancelled;
    private boolean silent;
    private long troubledAt;

    Uplink(int number, LoopWorld world, Host host, Ledger ledger, FakeClock clock, SelectorProvider sockets) {
        this.number = number;
        this.world = world;
        this.host = host;
        this.ledger = ledger;
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), number);
        this.keys = MemoryKeyServer.at(address, () -> connect(sockets), this::over)
                .decryption(KeyServerKeys.Decryption.OR_RANDOM)
                .reconnect(FIRST_RETRY, LONGEST_RETRY)
                .patience(PATIENCE)
                .clock(clock)
                .observer(this)
                .build();
        // What a key can do is decided when it is made: before a key server that offers nothing for a while is heard.
        RemoteKeys.CURVES.forEach(this::make);
        RemoteKeys.RSA.forEach(this::make);
    }

    private void make(TestIdentity identity) {
        byIdentity.put(identity, keys.key(identity.certificate()));
    }

    private MemorySocket connect(SelectorProvider sockets) {
        Wire next = new Wire(this, host, world, host.choices(), sockets);
        wire = next;
        return next.client();
    }

    private ByteTransport over(SocketChannel channel) throws IOException {
        ByteTransport next = host.speaksTls() ? LinkTls.client(channel) : new PlainTransport(channel);
        transport = next;
        return next;
    }

    int number() {
        return number;
    }

    KeyServerKeys keys() {
        return keys;
    }

    int openRequests() {
        return keys.openRequests();
    }

    // ---- the network

    /** Something comes through the network, or is held there while it is silent. */
    void pass(Runnable what) {
        if (silent) {
            held.add(what);
        } else {
            what.run();
        }
    }

    /** Nothing comes through, and neither end hears of that; or everything that was held does. */
    void isSilent(boolean now) {
        if (silent != now) {
            silent = now;
            troubledAt = world.time().now();
        }
        while (!silent && !held.isEmpty()) {
            held.remove().run();
        }
        host.isDue();
    }

    /** The connection breaks. */
    void breaks(boolean clientHears) {
        troubledAt = world.time().now();
        if (wire != null) {
            wire.breaks(clientHears);
        }
    }

    /** Whether the server waits for the client to read. */
    boolean isFull() {
        return wire != null && wire.isFull();
    }

    /** Whether requests are answered, as far as the network and the connection are concerned. */
    boolean isWell() {
        return keys.isConnected() && !silent && wire != null && wire.isWhole();
    }

    /** Returns how many operations were cancelled. */
    int cancelled() {
        return cancelled;
    }

    boolean isAtRest() {
        return open.isEmpty() && keys.openRequests() == 0;
    }

    // ---- what the client of the key server tells

    @Override
    public void onConnected() {
        heard = true;
        world.note(this, "connected");
    }

    @Override
    public void onDisconnected(boolean wasConnected, Exception cause) {
        heard = true;
        losses++;
        if (wasConnected) {
            expect(hasReason(cause), "the connection is lost, and nothing was wrong with it: " + cause);
            troubledAt = world.time().now();
        }
        world.note(this, "disconnected: " + cause.getMessage());
        world.disturb();
    }

    /** Whether the network or the key server may have ended the connection. */
    private boolean hasReason(Exception cause) {
        if (cause instanceof ProtocolException) {
            return false;
        }
        long since = world.time().now() - Math.max(troubledAt, host.changedAt());
        return silent || wire == null || !wire.isWhole() || !host.isUp() || since < TO_CONNECT;
    }

    // ---- operations

    Start<byte[]> ask(
            LoopVisit visit, TestIdentity identity, boolean signs, String input, Question question, Waker waker)
            throws Exception {
        ExternalPrivateKey key = Objects.requireNonNull(byIdentity.get(identity), "one of those made above");
        boolean connected = keys.isConnected();
        Asked asked = new Asked(visit, signs, input, waker);
        Start<byte[]> start = question.start(key, asked::answered);
        if (start instanceof Start.InProgress<byte[]> begun) {
            expect(connected || !heard, "an operation begins without a connection");
            asked.place = begun.operation();
            open.add(asked);
            return Start.inProgress(asked);
        }
        Reason reason =
                start instanceof Start.Failed<byte[]> failed && failed.cause() instanceof OperationException known
                        ? known.reason()
                        : Reason.INVALID_OUTPUT;
        if (reason == Reason.REJECTED) {
            expect(keys.openRequests() >= host.limits().openPerConnection(), "rejected, and there is room");
            visit.isHurt();
        } else {
            expect(reason == Reason.KEY_UNAVAILABLE && !connected, "an operation does not begin: " + reason);
        }
        return start;
    }

    /** One operation, until the connection has its outcome or has cancelled it. */
    private final class Asked implements PendingOperation<byte[]> {
        private final LoopVisit visit;
        private final boolean signs;
        private final String input;
        private final Waker waker;
        private final long since = world.time().now();
        private final int lossesBefore = losses;
        private PendingOperation<byte[]> place = Progress::inProgress;
        private boolean answered;

        Asked(LoopVisit visit, boolean signs, String input, Waker waker) {
            this.visit = visit;
            this.signs = signs;
            this.input = input;
            this.waker = waker;
        }

        private void answered() {
            if (world.fault() == Fault.UNNOTICED_LOSS && !keys.isConnected()) {
                return;
            }
            answered = true;
            waker.wake();
        }

        @Override
        public Progress<byte[]> resume() throws Exception {
            Progress<byte[]> progress = place.resume();
            if (progress instanceof Progress.InProgress) {
                return progress;
            }
            open.remove(this);
            if (progress instanceof Progress.Done<byte[]> done) {
                world.guarded(() -> ledger.received(signs || visit.isFair(), input, done.value()));
            } else if (progress instanceof Progress.Failed<byte[]> failed
                    && failed.cause() instanceof OperationException known
                    && known.reason() == Reason.REJECTED) {
                expect(host.isTight(), "rejected by a key server that has room");
                visit.isHurt();
            }
            return progress;
        }

        @Override
        public void cancel() {
            open.remove(this);
            cancelled++;
            place.cancel();
        }

        private void check(long now) {
            if (answered) {
                return; // that it is fetched is a matter of the connection
            }
            Expect.that(losses == lossesBefore, "an operation is open after the connection it was asked over");
            Expect.that(now - since < Server.OPERATION.toNanos() + SLACK, "an operation hangs");
            long silentFor = silent ? now - Math.max(since, troubledAt) : 0;
            Expect.that(silentFor < 2 * PATIENCE.toNanos() + SLACK, "an operation hangs at a network that is silent");
        }
    }

    private void expect(boolean holds, String otherwise) {
        world.guarded(() -> Expect.that(holds, otherwise));
    }

    /** In every turn of the loop. */
    void check() {
        long now = world.time().now();
        if (!keys.isConnected() || transport == null || !transport.holdsInput()) {
            readAt = now;
        }
        Expect.that(now - readAt < SLACK, this + " does not read what has arrived");
        open.forEach(asked -> asked.check(now));
        boolean reachable = host.isUp() && !silent;
        long since = Math.max(troubledAt, host.upSince());
        Expect.that(
                !reachable || keys.isConnected() || now - since < TO_CONNECT,
                this + " does not connect to a key server that is there");
    }

    @Override
    public String toString() {
        return "uplink " + number;
    }
}
