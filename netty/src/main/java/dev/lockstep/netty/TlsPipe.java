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
    private final Ending ending;
    private final Turns turns;

    private boolean moving;
    private boolean movesAgain;
    private boolean flushes;

    /** The client's close_notify has come, and this side may still send. */
    private boolean peerClosed;

    TlsPipe(
            ChannelHandlerContext context,
            TlsServerConfig config,
            CloseLimits limits,
            Promise<Channel> handshake,
            Promise<Channel> close) {
        this.context = context;
        this.data = new AppInput(context);
        this.output = new NetOutput(context, this::moveAndSettle, this::lost);
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
        this.ending =
                new Ending(context, tls, output, writes, outputEnd, closing, farewell, events, this::releaseBuffers);
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
            ending.abort(e);
        }
    }

    private void settled() {
        output.flush();
        if (ending.isOver()) {
            timer.cancel();
            reads.adjust(false, farewell.isDraining(), false);
            return;
        }
        input.compact();
        timer.set(tls.nextDeadlineNanos());
        reads.adjust(
                input.isFull(),
                !tls.isEstablished() || tls.suspension() != null,
                tls.isHandshaking() || events.awaitsHandshake());
    }

    void receive(ByteBuf bytes) {
        if (ending.isOver()) {
            int length = bytes.readableBytes();
            bytes.release();
            farewell.drop(length);
            return;
        }
        try {
            input.add(context.alloc(), bytes);
        } catch (RuntimeException | Error e) {
            ending.abort(e);
            return;
        }
        move();
    }

    void read() {
        reads.read();
    }

    void write(ByteBuf bytes, ChannelPromise promise) {
        if (ending.isOver() || closing.isWaiting() || outputEnd.isRequested()) {
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
            ending.abort(e);
        }
    }

    /** Asks the client for another handshake; false when that is not allowed now. */
    boolean renegotiate(Promise<Channel> promise) {
        if (ending.isOver() || closing.isWaiting() || !tls.isEstablished()) {
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
        if (first && !ending.isOver()) {
            flushes = true;
            moveAndSettle();
        }
    }

    /** The application closes the channel. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    void close(ChannelPromise promise) {
        if (!ending.isOver() && closing.isWaiting()) {
            closing.join(promise);
            return;
        }
        boolean flushed = flushes;
        sealAll();
        if (farewell.hasBegun()) {
            farewell.join(promise);
        } else if (ending.isOver()) {
            context.close(promise);
        } else if (flushed && !writes.isEmpty() && tls.isEstablished()) {
            closing.begin(promise, limits.flush(), this::closeNow); // a renegotiation comes first
        } else {
            ending.close(promise);
        }
        settle();
    }

    /** The time is over for what is left to write. */
    private void closeNow() {
        if (!ending.isOver()) {
            ending.finish();
            settle();
        }
    }

    /** The client's stream has ended; of the channel only this direction is closed, or both. */
    void inputEnded() {
        farewell.inputEnded();
        if (!ending.isOver()) {
            tls.inputClosed();
            moveAndSettle();
        }
    }

    /** The channel is closed: what is whole of the input is delivered first. */
    void inactive() {
        inputEnded();
        if (ending.cut()) {
            events.ended();
        }
        release();
    }

    /** The handler leaves the pipeline: nothing of the connection remains. */
    void removed() {
        boolean wasOpen = ending.cut();
        release();
        if (wasOpen) {
            events.removed();
        }
        if (context.channel().isActive()) {
            reads.adjust(false, false, false); // what the pipeline reads from now on is not this connection's
        }
    }

    private void release() {
        timer.cancel();
        ending.release(new ClosedChannelException());
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
            } while (movesAgain && !ending.isOver());
        } catch (TlsException e) {
            fail(e);
        } catch (RuntimeException | Error e) { // no memory, say: the connection must not stay as it is
            ending.abort(e);
        } finally {
            moving = false;
            if (ending.isOver()) {
                releaseBuffers();
            }
        }
    }

    /** Seals what was flushed, and then the end of the output. */
    private void seal() throws TlsException {
        if (ending.isOver() || !flushes || !tls.isEstablished() || !writes.seal(tls, output)) {
            return;
        }
        flushes = false;
        if (closing.isWaiting()) {
            ending.finish();
        } else if (outputEnd.isPending()) {
            flushes = !outputEnd.seal(tls, output, context.newPromise());
            if (!flushes && !tls.isEstablished()) {
                ending.finish();
            }
        }
    }

    private void turn() throws TlsException {
        Turns.Outcome outcome = Turns.Outcome.MOVED;
        while (!ending.isOver() && outcome == Turns.Outcome.MOVED) {
            outcome = turns.turn();
        }
        if (ending.isOver() || outcome != Turns.Outcome.CLOSED) {
            return;
        }
        turns.deliver();
        if (!ending.isOver() && !tls.isEstablished()) {
            ending.finish();
        } else if (!ending.isOver() && !peerClosed) {
            peerClosed = true;
            events.closed();
            context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    /** The connection has failed; what came before the fault is the application's. */
    private void fail(TlsException cause) {
        try {
            if (!ending.isOver()) {
                turns.deliver();
            }
        } catch (RuntimeException | Error e) { // no memory for the data, and so none for the alert
            ending.abort(e);
        }
        if (!ending.isOver()) {
            ending.fail(cause);
        }
    }

    /** A record has not reached the channel. */
    private void lost(Throwable cause) {
        ending.abort(cause);
        settle();
    }

    /** While the connection is moved, its buffers are in use; {@link #move} releases them then. */
    private void releaseBuffers() {
        if (!moving) {
            input.release();
            data.release();
            output.release();
        }
    }
}
