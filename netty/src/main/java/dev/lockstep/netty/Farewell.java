package dev.lockstep.netty;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of a channel whose last record is written: wait until it is sent, shut TCP's output down, drop the input until the
 * client's end, close. Every phase is bounded by {@link CloseLimits}.
 */
final class Farewell {

    private enum Phase {
        NONE,
        FLUSHING,
        DRAINING,
        CLOSED
    }

    private final ChannelHandlerContext context;
    private final CloseLimits limits;
    private Phase phase = Phase.NONE;
    private @Nullable ChannelPromise done;
    private @Nullable Future<?> timeout;
    private long dropped;

    Farewell(ChannelHandlerContext context, CloseLimits limits) {
        this.context = context;
        this.limits = limits;
    }

    boolean hasBegun() {
        return phase != Phase.NONE;
    }

    boolean isDraining() {
        return phase == Phase.DRAINING;
    }

    /**
     * Begins.
     *
     * @param last completed when the last record is sent
     * @param promise completed when the channel is closed
     */
    void begin(ChannelFuture last, ChannelPromise promise) {
        phase = Phase.FLUSHING;
        done = context.newPromise(); // the application's own may be cancelled, and would close nothing
        OutputEnd.tell(done, promise);
        after(limits.flush());
        last.addListener(sent -> Confined.run(context, () -> onSent(sent.isSuccess())));
    }

    /** Completes {@code promise} too when the channel is closed. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    void join(ChannelPromise promise) {
        ChannelFuture first = done;
        if (first == null) {
            context.close(promise);
        } else {
            OutputEnd.tell(first, promise);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what fails here ends with the time limit
    private void onSent(boolean sent) {
        if (phase != Phase.FLUSHING) {
            return;
        }
        boolean drains = sent
                && !limits.drain().isZero()
                && context.channel() instanceof DuplexChannel duplex
                && duplex.isActive()
                && !duplex.isInputShutdown();
        if (!drains) {
            close();
            return;
        }
        phase = Phase.DRAINING;
        after(limits.drain());
        ((DuplexChannel) context.channel()).shutdownOutput();
        if (!context.channel().config().isAutoRead()) {
            context.read();
        }
    }

    /** Counts input that is dropped. */
    void drop(int bytes) {
        dropped += phase == Phase.DRAINING ? bytes : 0;
        if (dropped > limits.drainBytes()) {
            close();
        }
    }

    /** The client's end has come, or the channel has failed. */
    void inputEnded() {
        if (phase == Phase.DRAINING) {
            close();
        }
    }

    private void after(Duration time) {
        cancelTimeout();
        timeout = context.executor()
                .schedule(() -> Confined.run(context, this::close), time.toNanos(), TimeUnit.NANOSECONDS);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    private void close() {
        ChannelPromise promise = done;
        if (phase != Phase.CLOSED && promise != null) {
            phase = Phase.CLOSED;
            cancelTimeout();
            context.close(promise);
        }
    }

    /** The channel is closed, or the handler removed: nothing is left to do. */
    @SuppressWarnings("FutureReturnValueIgnored") // it is the promise
    void end() {
        ChannelPromise promise = done;
        boolean open = phase != Phase.CLOSED;
        phase = Phase.CLOSED;
        cancelTimeout();
        if (open && promise != null) {
            context.close(promise);
        }
    }

    private void cancelTimeout() {
        Future<?> pending = timeout;
        timeout = null;
        if (pending != null) {
            pending.cancel(false);
        }
    }
}
