package dev.lockstep.netty;

import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection: by close_notify, by an alert, or without another record. It makes that record the last one, begins the
 * end of the channel, and tells all who have waited for more. There is one end: what comes later changes nothing.
 */
final class Ending {

    private final ChannelHandlerContext context;
    private final TlsServerConnection tls;
    private final NetOutput output;
    private final WriteQueue writes;
    private final OutputEnd outputEnd;
    private final PendingClose closing;
    private final Farewell farewell;
    private final PipeEvents events;
    private final Runnable releaseBuffers;
    private boolean over;

    /** @param releaseBuffers releases what the connection has received, opened and sealed */
    Ending(
            ChannelHandlerContext context,
            TlsServerConnection tls,
            NetOutput output,
            WriteQueue writes,
            OutputEnd outputEnd,
            PendingClose closing,
            Farewell farewell,
            PipeEvents events,
            Runnable releaseBuffers) {
        this.context = context;
        this.tls = tls;
        this.output = output;
        this.writes = writes;
        this.outputEnd = outputEnd;
        this.closing = closing;
        this.farewell = farewell;
        this.events = events;
        this.releaseBuffers = releaseBuffers;
    }

    /** Returns whether the TLS connection has ended: what comes is dropped. */
    boolean isOver() {
        return over;
    }

    /** The connection has ended in good order, or the time is over for what was to come before that. */
    void finish() {
        close(closing.take());
    }

    /** Ends the connection in good order, and tells of what came between if anything did. */
    void close(ChannelPromise promise) {
        Throwable obstacle = begin(promise);
        writes.failAll(obstacle == null ? new ClosedChannelException() : obstacle);
        if (obstacle == null) {
            events.ended();
        } else {
            events.failed(obstacle);
        }
    }

    /** The connection has failed. The alert is on its way before the application is told, which may close the channel. */
    void fail(TlsException cause) {
        outputEnd.failed(cause);
        Throwable obstacle = begin(closing.take());
        if (obstacle != null) {
            cause.addSuppressed(obstacle);
        }
        writes.failAll(cause);
        events.failed(cause);
    }

    /** Ends the connection without an alert: it cannot continue, perhaps since there is no memory. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    void abort(Throwable cause) {
        if (over) {
            return;
        }
        over = true;
        try {
            tls.fail(cause, NetOutput.NO_ROOM);
            tls.abort();
        } finally {
            releaseBuffers.run();
            writes.failAll(cause);
            outputEnd.failed(cause);
            events.failed(cause);
            context.close(closing.take());
        }
    }

    /**
     * The transport is gone, or this handler: there is no further record.
     *
     * @return whether that is the end of the connection, which had none before
     */
    boolean cut() {
        if (over) {
            return false;
        }
        over = true;
        tls.abort();
        return true;
    }

    /** Releases what waits for the end of a channel that is closed, or no longer this handler's. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    void release(Throwable cause) {
        farewell.end();
        releaseBuffers.run();
        writes.failAll(cause);
        outputEnd.failed(cause);
        if (closing.isWaiting()) {
            context.close(closing.take());
        }
    }

    /**
     * Makes close_notify or the alert the last record, and begins the end of the channel. It is sent when the pipe flushes
     * it, after the application was told. Where there is no memory for that record, the channel is closed without it.
     *
     * @return why the last record is missing; null where it is not
     */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    private @Nullable Throwable begin(ChannelPromise promise) {
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
        output.handLast(last);
        farewell.begin(last, promise);
        return null;
    }
}
