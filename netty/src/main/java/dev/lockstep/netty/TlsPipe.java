package dev.lockstep.netty;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Promise;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One TLS connection between the two sides of a {@link LockstepHandler}: moves it whenever something has happened, until it
 * waits for something. Every method but {@link #wake} runs on the handler's executor. What the pipeline above is told may
 * call back in, so nothing of the connection is held across such a call.
 */
final class TlsPipe {

    private final ChannelHandlerContext context;
    private final TlsServerConnection tls;
    private final NetInput input = new NetInput();
    private final AppInput data;
    private final NetOutput output;
    private final WriteQueue writes;
    private final ReadControl reads;
    private final DeadlineTimer timer;
    private final Farewell farewell;
    private final PipeEvents events;
    private final Turns turns;
    private final AtomicBoolean woken = new AtomicBoolean();

    private boolean moving;
    private boolean movesAgain;
    private boolean flushes;

    /** The client's close_notify has come, and this side may still send. */
    private boolean peerClosed;

    /** Completed with close_notify when the application has ended its output and the connection has not. */
    private @Nullable ChannelPromise outputEnd;

    private boolean outputEnded;

    /** The TLS connection has ended: what comes is dropped. */
    private boolean over;

    TlsPipe(
            ChannelHandlerContext context,
            TlsServerConfig config,
            CloseLimits limits,
            Promise<Channel> handshake,
            Promise<Channel> close) {
        this.context = context;
        this.data = new AppInput(context);
        this.output = new NetOutput(context, this::moveAndSettle);
        this.writes = new WriteQueue(context);
        this.reads = new ReadControl(context);
        this.farewell = new Farewell(context, limits);
        this.events = new PipeEvents(context, handshake, close);
        this.timer = new DeadlineTimer(context, config.clock(), this::moveAndSettle);
        this.tls = TlsServerConnection.create(config, connection -> wake());
        this.turns = new Turns(tls, input, output, data, reads, timer, events::handshakeDone);
    }

    TlsServerConnection tls() {
        return tls;
    }

    boolean isEnding() {
        return farewell.hasBegun();
    }

    int heldBytes() {
        return tls.heldBytes() + input.length() + data.length();
    }

    /** An answer from outside may be there; on any thread. One task at most is on its way. */
    private void wake() {
        if (woken.compareAndSet(false, true)) {
            context.executor().execute(() -> {
                woken.set(false);
                moveAndSettle();
            });
        }
    }

    void moveAndSettle() {
        move();
        settle();
    }

    /** Sends what is ready, and says what the connection waits for. */
    void settle() {
        output.flush();
        if (over) {
            timer.cancel();
            reads.adjust(false, farewell.isDraining());
            return;
        }
        input.compact();
        timer.set(tls.nextDeadlineNanos());
        reads.adjust(input.isFull(), !tls.isEstablished() || tls.suspension() != null || !writes.isEmpty());
    }

    void receive(ByteBuf bytes) {
        if (over) {
            int length = bytes.readableBytes();
            bytes.release();
            farewell.drop(length);
            return;
        }
        try {
            input.add(context.alloc(), bytes);
        } catch (RuntimeException | Error e) {
            abort(e);
            return;
        }
        move();
    }

    void read() {
        reads.read();
    }

    void write(ByteBuf bytes, ChannelPromise promise) {
        if (over || outputEnd != null || outputEnded) {
            bytes.release();
            promise.tryFailure(new ClosedChannelException());
            return;
        }
        writes.add(bytes, promise);
    }

    void flush() {
        sealAll();
        output.flushAll();
        settle();
    }

    private void sealAll() {
        flushes = true;
        try {
            seal();
        } catch (TlsException e) {
            fail(e);
        } catch (RuntimeException | Error e) { // a part of the stream is lost
            abort(e);
        }
    }

    /** Asks the client for another handshake; false when that is not allowed now. */
    boolean renegotiate(Promise<Channel> promise) {
        if (over || !tls.isEstablished() || !tls.renegotiate()) {
            return false;
        }
        events.onNextHandshake(promise);
        moveAndSettle();
        return true;
    }

    /** Sends close_notify as soon as no handshake is under way, and keeps reading. */
    void closeOutput(ChannelPromise promise) {
        if (over || outputEnd != null || outputEnded) {
            promise.trySuccess();
            return;
        }
        outputEnd = promise;
        flushes = true;
        moveAndSettle();
    }

    /** The application closes the channel. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    void close(ChannelPromise promise) {
        if (farewell.hasBegun()) {
            farewell.join(promise);
            return;
        }
        if (over) {
            context.close(promise);
            return;
        }
        sealAll();
        if (farewell.hasBegun()) {
            farewell.join(promise);
        } else if (over) {
            context.close(promise);
        } else {
            ended(end(promise));
        }
        settle();
    }

    /** The client's stream has ended; of the channel only this direction is closed, or both. */
    void inputEnded() {
        farewell.inputEnded();
        if (!over) {
            tls.inputClosed();
            moveAndSettle();
        }
    }

    /** The channel is closed: what is whole of the input is delivered first. */
    void inactive() {
        inputEnded();
        if (!over) {
            over = true;
            tls.close(NetOutput.NO_ROOM);
            events.ended();
        }
        release(new ClosedChannelException());
    }

    /** The handler leaves the pipeline: nothing of the connection remains. */
    void removed() {
        if (!over) {
            over = true;
            tls.close(NetOutput.NO_ROOM);
        }
        ClosedChannelException cause = new ClosedChannelException();
        release(cause);
        events.ended();
        if (context.channel().isActive()) {
            reads.adjust(false, false); // what the pipeline reads from now on is not this connection's
        }
    }

    private void release(Throwable cause) {
        timer.cancel();
        farewell.end();
        releaseBuffers();
        writes.failAll(cause);
        ChannelPromise pending = outputEnd;
        outputEnd = null;
        if (pending != null) {
            pending.tryFailure(cause);
        }
    }

    /** Moves the connection until it waits. */
    private void move() {
        if (moving) {
            movesAgain = true;
            return;
        }
        moving = true;
        try {
            do {
                movesAgain = false;
                turn();
                turns.deliver();
                seal();
            } while (movesAgain && !over);
        } catch (TlsException e) {
            fail(e);
        } catch (RuntimeException | Error e) { // no memory, say: the connection must not stay as it is
            abort(e);
        } finally {
            moving = false;
            if (over) {
                releaseBuffers();
            }
        }
    }

    /** Seals what was flushed, and then the end of the output. */
    private void seal() throws TlsException {
        if (over || !flushes || !tls.isEstablished()) {
            return;
        }
        if (!writes.seal(tls, output)) {
            return;
        }
        flushes = false;
        while (outputEnd != null && !over) {
            ByteBuffer room = output.room();
            StepResult result = tls.closeOutput(room);
            output.filled(room);
            if (result == StepResult.NEED_OUTPUT) {
                output.grow();
            } else if (result == StepResult.CLOSED) {
                ChannelPromise promise = outputEnd;
                outputEnd = null;
                outputEnded = true;
                output.hand(promise);
                if (!tls.isEstablished()) {
                    finish();
                }
            } else {
                flushes = true;
                return;
            }
        }
    }

    private void turn() throws TlsException {
        Turns.Outcome outcome = Turns.Outcome.MOVED;
        while (!over && outcome == Turns.Outcome.MOVED) {
            outcome = turns.turn();
        }
        if (over || outcome != Turns.Outcome.CLOSED) {
            return;
        }
        turns.deliver();
        if (!over && !tls.isEstablished()) {
            finish();
        } else if (!over && !peerClosed) {
            peerClosed = true;
            events.closed();
            context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    /** The connection has ended in good order. */
    private void finish() {
        ended(end(context.newPromise()));
    }

    /** Tells of an end that began in good order, and of what came between if anything did. */
    private void ended(@Nullable Throwable obstacle) {
        writes.failAll(obstacle == null ? new ClosedChannelException() : obstacle);
        if (obstacle == null) {
            events.ended();
        } else {
            events.failed(obstacle);
        }
    }

    /** The connection has failed. The alert is on its way before the application is told, which may close the channel. */
    private void fail(TlsException cause) {
        if (over) {
            return;
        }
        turns.deliver();
        if (!over) {
            Throwable obstacle = end(context.newPromise());
            if (obstacle != null) {
                cause.addSuppressed(obstacle);
            }
            writes.failAll(cause);
            events.failed(cause);
        }
    }

    /** Ends the connection without an alert: it cannot continue, perhaps since there is no memory. */
    @SuppressWarnings("FutureReturnValueIgnored") // there is nothing to do about it
    private void abort(Throwable cause) {
        if (!over) {
            over = true;
            tls.fail(cause, NetOutput.NO_ROOM);
            releaseBuffers();
            writes.failAll(cause);
            events.failed(cause);
            context.close();
        }
    }

    /** While the connection is moved, its buffers are in use; {@link #move} releases them then. */
    private void releaseBuffers() {
        if (!moving) {
            input.release();
            data.release();
            output.release();
        }
    }

    /**
     * Makes close_notify or the alert the last record, and begins the end of the channel. It is sent when {@link #settle}
     * flushes it, after the application was told. Where there is no memory for that record, the channel is closed without it.
     *
     * @return why the last record is missing; null where it is not
     */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    private @Nullable Throwable end(ChannelPromise promise) {
        over = true;
        try {
            ByteBuffer room = output.room();
            while (tls.close(room) == StepResult.NEED_OUTPUT) {
                output.filled(room);
                output.grow();
                room = output.room();
            }
            output.filled(room);
        } catch (RuntimeException | Error e) {
            context.close(promise);
            return e;
        }
        ChannelPromise last = context.newPromise();
        output.hand(last);
        farewell.begin(last, promise);
        return null;
    }
}
