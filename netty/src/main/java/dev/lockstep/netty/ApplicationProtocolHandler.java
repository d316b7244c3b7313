package dev.lockstep.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Completes a pipeline when ALPN (RFC 7301) has chosen a protocol, and leaves it. It stands behind a {@link LockstepHandler}
 * and does for it what {@code ApplicationProtocolNegotiationHandler} does for Netty's {@code SslHandler}. No data comes before
 * the handshake is complete, so that the handlers added here miss none.
 */
public abstract class ApplicationProtocolHandler extends ChannelInboundHandlerAdapter {

    private final String fallback;

    /** @param fallback the protocol of clients without ALPN, for {@link #configure} */
    protected ApplicationProtocolHandler(String fallback) {
        this.fallback = Objects.requireNonNull(fallback, "fallback");
    }

    /**
     * Adds the handlers of a protocol. On the event loop.
     *
     * @param context of this handler, which leaves the pipeline afterwards
     * @param protocol one of the configuration's names, or the fallback
     * @throws Exception to close the channel
     */
    protected abstract void configure(ChannelHandlerContext context, String protocol) throws Exception;

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the end is told by channelInactive
    public final void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
            try {
                LockstepHandler tls = context.pipeline().get(LockstepHandler.class);
                if (tls == null) {
                    throw new IllegalStateException("there is no LockstepHandler in the pipeline");
                }
                @Nullable String chosen = tls.applicationProtocol();
                configure(context, chosen == null ? fallback : chosen);
            } catch (Throwable e) { // boundary: whatever the application's method throws
                context.fireExceptionCaught(e);
                context.close();
            }
        }
        context.fireUserEventTriggered(event);
        if (event instanceof SslHandshakeCompletionEvent && !context.isRemoved()) {
            context.pipeline().remove(this);
        }
    }
}
