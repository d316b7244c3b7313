package dev.lockstep.netty;

import dev.lockstep.jsse.LockstepEngine;
import dev.lockstep.jsse.Waiting;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Netty's handler for an engine whose tasks end when the private key, a store or a verifier has answered. It knows its engine,
 * and asks it for the protocol. While a task is away, Netty keeps what the client sends without asking the engine: this handler
 * stops reading when that is more than any record can be, and {@code autoRead} stays as the application has set it.
 */
final class DeferredHandler extends SslHandler {

    /**
     * Header and fragment of the longest record that a client can announce. Netty waits for the whole of one before it asks the
     * engine, which refuses those that are too long: with more than this here, a task is away.
     */
    private static final int LONGEST_RECORD = 5 + 0xffff;

    private final LockstepEngine engine;

    /** The client is not read from until the engine has taken what is here. */
    private boolean full;

    DeferredHandler(LockstepEngine engine, boolean startTls) {
        super(deferred(engine), startTls, engine.taskExecutor());
        this.engine = engine;
    }

    private static SSLEngine deferred(LockstepEngine engine) {
        engine.setWaiting(Waiting.DEFERRED);
        return engine;
    }

    @Override
    public @Nullable String applicationProtocol() {
        String chosen = engine.getApplicationProtocol();
        return chosen == null || chosen.isEmpty() ? null : chosen;
    }

    /** Netty calls it at the end of a task too, with nothing to read. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        super.channelRead(context, message);
        boolean wasFull = full;
        full = !context.isRemoved() && actualReadableBytes() > LONGEST_RECORD;
        if (full && !wasFull) {
            ReadControl.stop(context.channel().config());
        } else if (wasFull && !full) {
            context.read();
        }
    }

    @Override
    public void read(ChannelHandlerContext context) throws Exception {
        if (!full) {
            super.read(context);
        }
    }

    /** Netty's own handler would read on in a handshake. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        if (full) {
            context.flush();
            context.fireChannelReadComplete();
        } else {
            super.channelReadComplete(context);
        }
    }
}
