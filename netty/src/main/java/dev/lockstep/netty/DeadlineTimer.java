package dev.lockstep.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One task at the next deadline, on the handler's executor. */
final class DeadlineTimer {

    /** The soonest a deadline is looked at that has passed already: a clock that stands still must not keep a thread. */
    private static final long LEAST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ChannelHandlerContext context;
    private final LongSupplier clock;
    private final Runnable task;
    private @Nullable Future<?> scheduled;
    private long at;

    DeadlineTimer(ChannelHandlerContext context, LongSupplier clock, Runnable task) {
        this.context = context;
        this.clock = clock;
        this.task = task;
    }

    /**
     * Runs the task at {@code deadline}, in nanoseconds of the clock, instead of at the one set before; empty for
     * never.
     */
    void set(OptionalLong deadline) {
        if (deadline.isEmpty()) {
            cancel();
        } else if (scheduled == null || deadline.getAsLong() != at) {
            cancel();
            at = deadline.getAsLong();
            long delay = Math.max(LEAST_NANOS, at - clock.getAsLong());
            scheduled =
                    context.executor().schedule(() -> Confined.run(context, this::run), delay, TimeUnit.NANOSECONDS);
        }
    }

    boolean isDue(OptionalLong deadline) {
        return deadline.isPresent() && deadline.getAsLong() - clock.getAsLong() <= 0;
    }

    private void run() {
        scheduled = null;
        task.run();
    }

    void cancel() {
        Future<?> task = scheduled;
        scheduled = null;
        if (task != null) {
            task.cancel(false);
        }
    }
}
