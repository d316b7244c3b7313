package dev.lockstep.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.EventExecutor;

/**
 * Keeps a connection on one thread at a time: what an executor runs later finds that the channel was registered with another
 * event loop meanwhile, as servers do that balance their loops.
 */
final class Confined {

    private Confined() {}

    /** Runs a task on the executor that the handler has now: immediately on its thread, else as soon as it gets there. */
    static void run(ChannelHandlerContext context, Runnable task) {
        EventExecutor executor = context.executor();
        if (executor.inEventLoop()) {
            task.run();
        } else {
            executor.execute(() -> run(context, task));
        }
    }
}
