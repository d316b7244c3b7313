package dev.lockstep.jsse.engine;

import dev.lockstep.jsse.engine.Standing.Fact;
import dev.lockstep.jsse.engine.WaitRoom.Stage;
import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection in the terms of {@code SSLEngine}: which status each call has, and what the server has to do next. Every
 * call moves the connection, or says what it waits for. Not thread-safe, but for {@link #standing}: the engine guards it.
 *
 * <p>A failure is thrown once. Its alert is then ready for the next {@link #wrap}; where the failing call has written bytes
 * already, they count, and the next call throws.
 */
public final class Machine {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final TlsServerConnection tls;
    private final PlainReader reader;
    private final WaitRoom room;
    private final Runnable onFinished;
    private final Consumer<TlsException> onFailed;
    private boolean handshaking = true;
    private boolean asked;
    private boolean asks;
    private boolean closeRequested;
    private boolean outboundDone;
    private boolean inboundDone;
    private @Nullable TlsException unreported;
    private volatile Standing standing = Standing.BEGUN;

    /**
     * @param onFinished runs when a handshake is over and its last byte is in an output buffer, or its last one was
     * read
     * @param onFailed receives the failure that ends the connection
     */
    public Machine(TlsServerConfig config, WaitRoom room, Runnable onFinished, Consumer<TlsException> onFailed) {
        this.room = room;
        this.onFinished = onFinished;
        this.onFailed = onFailed;
        this.tls = TlsServerConnection.create(config, woken -> room.wake());
        this.reader = new PlainReader(tls);
    }

    // ---- the two directions

    /** Writes what is due: messages and alerts, else application data. */
    public SSLEngineResult wrap(ByteBuffer[] sources, ByteBuffer out) throws SSLException {
        throwUnreported();
        if (outboundDone) {
            return result(Status.CLOSED, 0, 0);
        }
        int before = out.position();
        long offered = Buffers.remaining(sources);
        StepResult step = StepResult.PROGRESSED;
        try {
            if (tls.isClosed()) {
                step = tls.close(out);
            } else if (moves() || tls.wantsOutput()) {
                step = driven(() -> send(sources, out));
            }
        } catch (TlsException e) {
            failed(e, out.position() == before);
        }
        int produced = out.position() - before;
        int consumed = (int) (offered - Buffers.remaining(sources));
        outboundDone |= tls.isClosed() && !tls.wantsOutput() && unreported == null;
        if (outboundDone) {
            return result(Status.CLOSED, consumed, produced);
        }
        boolean full = step == StepResult.NEED_OUTPUT && produced == 0 && consumed == 0;
        return result(full ? Status.BUFFER_OVERFLOW : Status.OK, consumed, produced);
    }

    /** Reads what came: as much of a handshake as there is, or one record of application data. */
    public SSLEngineResult unwrap(ByteBuffer in, ByteBuffer[] destinations) throws SSLException {
        throwUnreported();
        if (isInboundDone()) {
            return result(Status.CLOSED, 0, 0);
        }
        HandshakeStatus status = handshakeStatus();
        if (status == HandshakeStatus.NEED_WRAP || status == HandshakeStatus.NEED_TASK) {
            return new SSLEngineResult(Status.OK, status, 0, 0);
        }
        int before = in.position();
        long free = Buffers.remaining(destinations);
        StepResult step;
        try {
            if (tls.suspension() != null) {
                // an alert ends the wait, whatever the server waits for
                step = in.hasRemaining() ? driven(() -> tls.step(in, NOTHING)) : StepResult.ASYNC_IN_PROGRESS;
            } else if (tls.isEstablished()) {
                step = driven(() -> reader.read(in, destinations, free));
            } else {
                step = driven(() -> receive(in));
            }
        } catch (TlsException e) {
            failed(e, true);
            throw new AssertionError(e); // thrown by then
        }
        int consumed = in.position() - before;
        int produced = (int) (free - Buffers.remaining(destinations));
        asked &= consumed == 0; // the client has answered, even if by something else
        if (step == StepResult.CLOSED) {
            inboundDone = true;
            return result(Status.CLOSED, consumed, produced);
        }
        boolean idle = consumed == 0 && produced == 0;
        boolean starved = idle && (step == StepResult.NEED_INPUT || step == StepResult.ASYNC_IN_PROGRESS);
        if (starved && tls.suspension() != null && in.remaining() >= TlsServerConnection.NETWORK_BUFFER_SIZE) {
            room.holdsAllItCan();
        }
        boolean crowded = idle && step == StepResult.NEED_OUTPUT && tls.isEstablished() && !tls.wantsOutput();
        boolean moved = status != handshakeStatus();
        return result(
                crowded ? Status.BUFFER_OVERFLOW : starved && !moved ? Status.BUFFER_UNDERFLOW : Status.OK,
                consumed,
                produced);
    }

    private StepResult send(ByteBuffer[] sources, ByteBuffer out) throws TlsException {
        int before = out.position();
        StepResult step = StepResult.ESTABLISHED;
        while (!tls.isEstablished() || tls.wantsOutput() || tls.suspension() != null) {
            step = tls.step(NOTHING, out);
            if (step != StepResult.PROGRESSED) {
                break;
            }
        }
        if (step != StepResult.ESTABLISHED || tls.isClosed() || out.position() > before) {
            return step; // a handshake's bytes travel alone, so that its end can be told
        }
        if (closeRequested) {
            step = tls.closeOutput(out);
            if (step == StepResult.NEED_INPUT || step == StepResult.ASYNC_IN_PROGRESS) {
                step = tls.close(out); // a renegotiation is under way, and nothing waits for it any more
            }
            outboundDone |= step == StepResult.CLOSED;
            return step;
        }
        return Buffers.remaining(sources) > 0 ? tls.write(sources, out) : step;
    }

    private StepResult receive(ByteBuffer in) throws TlsException {
        StepResult step;
        do {
            step = tls.step(in, NOTHING);
        } while (step == StepResult.PROGRESSED);
        return step;
    }

    // ---- status

    /** Returns what was reached when the thread that moves the connection has last said so: from any thread. */
    public Standing standing() {
        return standing;
    }

    /** Lets other threads see what is reached now; for the thread that moves the connection, also from within a callback. */
    public Standing publish() {
        Standing before = standing;
        boolean shakes = tls.isHandshaking();
        int handshakes = tls.handshakes();
        // what a handshake that is over has negotiated stays
        boolean same = handshakes == before.handshakes() && (handshakes > 0 || before.is(Fact.CLOSED));
        ConnectionInfo info = same ? before.info() : shakes && handshakes == 0 ? tls.handshakeInfo() : info();
        ConnectionInfo handshakeInfo = asks && !shakes ? null : shakes && handshakes > 0 ? tls.handshakeInfo() : info;
        int facts = Fact.FAILED.when(unreported != null)
                | Fact.CLOSED.when(tls.isClosed())
                | Fact.WRITES.when(tls.wantsOutput())
                | Fact.WAITS.when(tls.suspension() != null)
                | Fact.CLOSING.when(closeRequested)
                | Fact.OUTBOUND_DONE.when(outboundDone)
                | Fact.INBOUND_DONE.when(inboundDone)
                | Fact.AWAITS_CLIENT.when(shakes || asked)
                | Fact.HANDSHAKING.when(handshaking || shakes || asks);
        if (before.says(facts, handshakes, info, handshakeInfo)) {
            return before; // so that a record makes no new one
        }
        Standing now = new Standing(facts, handshakes, info, handshakeInfo);
        standing = now;
        return now;
    }

    /**
     * The handshake is about to ask the application something. That may be the first that is known of it: the connection itself
     * has not accepted a ClientHello yet when it asks about the name in it.
     */
    public void asks() {
        asks = true;
        publish();
    }

    private HandshakeStatus handshakeStatus() {
        return publish().handshakeStatus(room);
    }

    private SSLEngineResult result(Status status, int consumed, int produced) {
        HandshakeStatus next = handshakeStatus();
        if (next == HandshakeStatus.NOT_HANDSHAKING && handshaking && tls.isEstablished()) {
            handshaking = false;
            onFinished.run();
            next = HandshakeStatus.FINISHED;
        }
        return new SSLEngineResult(status, next, consumed, produced);
    }

    /** Whether there is something to do besides waiting for an answer. */
    private boolean moves() {
        Stage stage = tls.suspension() == null ? Stage.NONE : room.stage();
        return stage == Stage.NONE || stage == Stage.ANSWERED;
    }

    private boolean isInboundDone() {
        return unreported == null && (inboundDone || tls.isClosed());
    }

    /** Returns what was negotiated; null before ServerHello. */
    private @Nullable ConnectionInfo info() {
        try {
            return tls.info();
        } catch (IllegalStateException e) {
            return null;
        }
    }

    /** Returns what the last handshake has negotiated. */
    public ConnectionInfo established() {
        return tls.info();
    }

    /** Returns the connection, for what has no place in {@code SSLEngine}. */
    public TlsServerConnection connection() {
        return tls;
    }

    // ---- control

    /**
     * Asks the client for another handshake; nothing happens while one is under way.
     *
     * @param changes what it is to do differently from the one before
     * @return whether the client was asked now
     * @throws SSLException when that is not allowed, or the connection is over
     */
    public boolean renegotiate(ConnectionOptions changes) throws SSLException {
        if (tls.isClosed() || closeRequested || outboundDone) {
            throw new SSLException("the engine is closed");
        }
        if (handshaking || tls.isHandshaking() || asked) {
            return false;
        }
        if (!tls.renegotiate(changes)) {
            throw Failures.renegotiationRefused();
        }
        asked = true;
        return true;
    }

    /** The application has nothing more to send. A handshake ends here, and with it what it waits for. */
    public void closeOutbound() {
        if (tls.isClosed() || closeRequested) {
            return;
        }
        closeRequested = true;
        if (!tls.isEstablished() || tls.isHandshaking()) {
            drivenQuietly(() -> tls.close(NOTHING));
        }
    }

    /**
     * The transport has no more input.
     *
     * @throws SSLException when the client has not said close_notify: what came may not be all
     */
    public void closeInbound() throws SSLException {
        if (isInboundDone()) {
            return;
        }
        inboundDone = true;
        tls.inputClosed();
        try {
            driven(() -> tls.isEstablished() ? tls.read(NOTHING, NOTHING) : tls.step(NOTHING, NOTHING));
        } catch (TlsException e) {
            unreported = null;
        }
        if (!tls.isClosed()) {
            drivenQuietly(() -> tls.close(NOTHING)); // output waits in front of the answer
        }
        throw new SSLException("closing inbound before receiving peer's close_notify");
    }

    /** Ends the connection because a thread was interrupted while it waited for the answer. */
    public void interrupted(InterruptedException cause) {
        if (!tls.isClosed()) {
            drivenQuietly(() -> tls.fail(cause, NOTHING));
            TlsException failure = tls.failure();
            unreported = failure;
            if (failure != null) {
                onFailed.accept(failure);
            }
        }
    }

    // ---- driving

    @FunctionalInterface
    private interface Call {
        StepResult run() throws TlsException;
    }

    private StepResult driven(Call call) throws TlsException {
        long wakesBefore = room.beforeDrive();
        StepResult step = null;
        try {
            step = call.run();
            return step;
        } finally {
            asks = false;
            if (tls.isHandshaking()) {
                handshaking = true;
                asked = false;
            }
            if (tls.isClosed()) {
                reader.release();
            }
            publish(); // before the room lets tasks run that look
            room.afterDrive(wakesBefore, tls.suspension(), step == StepResult.ASYNC_IN_PROGRESS);
        }
    }

    private void drivenQuietly(Call call) {
        try {
            driven(call);
        } catch (TlsException e) {
            throw new AssertionError(e); // close and fail throw none
        }
    }

    private void failed(TlsException failure, boolean now) throws SSLException {
        unreported = failure;
        onFailed.accept(failure);
        if (now) {
            throwUnreported();
        }
    }

    private void throwUnreported() throws SSLException {
        TlsException failure = unreported;
        if (failure != null) {
            unreported = null;
            throw Failures.of(failure, handshaking);
        }
    }
}
