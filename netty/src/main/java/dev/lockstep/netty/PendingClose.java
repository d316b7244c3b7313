package dev.lockstep.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The application has closed the channel while a renegotiation holds up what it has written before: that comes first. */
final class PendingClose {

    private final ChannelHandlerContext context;
    private @Nullable ChannelPromise promise;
    private @Nullable Future<?> timeout;

    PendingClose(ChannelHandlerContext context) {
        this.context = context;
    }

    boolean isWaiting() {
        return promise != null;
    }

    /**
     * Waits.
     *
     * @param closed completed with the channel's end
     * @param most how long at most
     * @param onTimeout runs then
     */
    void begin(ChannelPromise closed, Duration most, Runnable onTimeout) {
        promise = context.newPromise(); // the application's own may be cancelled, and would close nothing
        OutputEnd.tell(promise, closed);
        timeout = context.executor()
                .schedule(() -> Confined.run(context, onTimeout), most.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Completes another promise with the channel's end. */
    void join(ChannelPromise closed) {
        ChannelPromise first = promise;
        if (first != null) {
            OutputEnd.tell(first, closed);
        }
    }

    /** The wait is over. Returns what to complete with the channel's end: a new promise where nothing has waited. */
    ChannelPromise take() {
        ChannelPromise waiting = promise;
        Future<?> limit = timeout;
        promise = null;
        timeout = null;
        if (limit != null) {
            limit.cancel(false);
        }
        return waiting != null ? waiting : context.newPromise();
    }
}
