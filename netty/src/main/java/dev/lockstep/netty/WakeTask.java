package dev.lockstep.netty;

import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.atomic.AtomicBoolean;

/** An answer from outside may be there: moves the connection on the handler's executor. One task at most is on its way. */
final class WakeTask {

    private final ChannelHandlerContext context;
    private final Runnable move;
    private final AtomicBoolean woken = new AtomicBoolean();

    WakeTask(ChannelHandlerContext context, Runnable move) {
        this.context = context;
        this.move = move;
    }

    /** On any thread. */
    void wake() {
        if (woken.compareAndSet(false, true)) {
            context.executor().execute(() -> Confined.run(context, this::run));
        }
    }

    private void run() {
        woken.set(false);
        move.run();
    }
}
