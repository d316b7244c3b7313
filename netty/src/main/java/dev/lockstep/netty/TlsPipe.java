package dev.lockstep.netty;

import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.Promise;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * One TLS connection between the two sides of a {@link LockstepHandler}: moves it whenever something has happened, until it
 * waits for something. Every method runs on the handler's executor. What the pipeline above is told may call back in, so
 * nothing of the connection is held across such a call.
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
    private final CloseLimits limits;
    private final Farewell farewell;
    private final OutputEnd outputEnd;
    private final PendingClose closing;
    private final PipeEvents events;
    private final Turns turns;

    private boolean moving;
    private boolean movesAgain;
    private boolean flushes;

    /** The client's close_notify has come, and this side may still send. */
    private boolean peerClosed;

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
        this.limits = limits;
        this.farewell = new Farewell(context, limits);
        this.outputEnd = new OutputEnd(context);
        this.closing = new PendingClose(context);
        this.events = new PipeEvents(context, handshake, close);
        this.timer = new DeadlineTimer(context, config.clock(), this::moveAndSettle);
        WakeTask answers = new WakeTask(context, this::moveAndSettle);
        this.tls = TlsServerConnection.create(config, connection -> answers.wake());
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

    void moveAndSettle() {
        move();
        settle();
    }

    /** Sends what is ready, and says what the connection waits for. */
    void settle() {
        try {
            settled();
        } catch (RuntimeException | Error e) { // no deadline could be set, say
            abort(e);
        }
    }

    private void settled() {
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
        if (over || closing.isWaiting() || outputEnd.isRequested()) {
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
        if (over || closing.isWaiting() || !tls.isEstablished()) {
            return false;
        }
        if (!tls.renegotiate()) {
            moveAndSettle(); // a fault of an observer may have ended the connection
            return false;
        }
        events.onNextHandshake(promise);
        moveAndSettle();
        return true;
    }

    /** Sends close_notify as soon as no handshake is under way, and keeps reading. */
    void closeOutput(ChannelPromise promise) {
        boolean first = !outputEnd.isRequested();
        outputEnd.request(promise);
        if (first && !over) {
            flushes = true;
            moveAndSettle();
        }
    }

    /** The application closes the channel. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    void close(ChannelPromise promise) {
        if (!over && closing.isWaiting()) {
            closing.join(promise);
            return;
        }
        boolean flushed = flushes;
        sealAll();
        if (farewell.hasBegun()) {
            farewell.join(promise);
        } else if (over) {
            context.close(promise);
        } else if (flushed && !writes.isEmpty() && tls.isEstablished()) {
            closing.begin(promise, limits.flush(), this::closeNow); // a renegotiation comes first
        } else {
            ended(end(promise));
        }
        settle();
    }

    /** The time is over for what is left to write. */
    private void closeNow() {
        if (!over) {
            finish();
            settle();
        }
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
            tls.abort();
            events.ended();
        }
        release(new ClosedChannelException());
    }

    /** The handler leaves the pipeline: nothing of the connection remains. */
    void removed() {
        if (!over) {
            over = true;
            tls.abort();
        }
        release(new ClosedChannelException());
        events.ended();
        if (context.channel().isActive()) {
            reads.adjust(false, false); // what the pipeline reads from now on is not this connection's
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    private void release(Throwable cause) {
        timer.cancel();
        farewell.end();
        releaseBuffers();
        writes.failAll(cause);
        outputEnd.failed(cause);
        if (closing.isWaiting()) {
            context.close(closing.take());
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
        if (over || !flushes || !tls.isEstablished() || !writes.seal(tls, output)) {
            return;
        }
        flushes = false;
        if (closing.isWaiting()) {
            finish();
        } else if (outputEnd.isPending()) {
            flushes = !outputEnd.seal(tls, output, context.newPromise());
            if (!flushes && !tls.isEstablished()) {
                finish();
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
        ended(end(closing.take()));
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
        try {
            if (!over) {
                turns.deliver();
            }
        } catch (RuntimeException | Error e) { // no memory for the data, and so none for the alert
            abort(e);
        }
        if (!over) {
            outputEnd.failed(cause);
            Throwable obstacle = end(closing.take());
            if (obstacle != null) {
                cause.addSuppressed(obstacle);
            }
            writes.failAll(cause);
            events.failed(cause);
        }
    }

    /** Ends the connection without an alert: it cannot continue, perhaps since there is no memory. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    private void abort(Throwable cause) {
        if (over) {
            return;
        }
        over = true;
        try {
            tls.fail(cause, NetOutput.NO_ROOM);
            tls.abort();
        } finally {
            releaseBuffers();
            writes.failAll(cause);
            outputEnd.failed(cause);
            events.failed(cause);
            context.close(closing.take());
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
        if (!writes.isEmpty()) {
            outputEnd.failed(new ClosedChannelException());
        }
        try {
            OutputEnd.sealLast(tls, output);
        } catch (RuntimeException | Error e) {
            outputEnd.failed(e);
            context.close(promise);
            tls.abort();
            return e;
        }
        ChannelPromise last = context.newPromise();
        outputEnd.sentBy(last);
        output.hand(last);
        farewell.begin(last, promise);
        return null;
    }
}
