package dev.lockstep.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Promise;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import javax.net.ssl.SSLException;

/** Tells the application of handshakes, failures and the end: through promises, and as events in Netty's own classes. */
final class PipeEvents {

    private final ChannelHandlerContext context;
    private final Promise<Channel> handshake;
    private final Promise<Channel> close;
    private final ArrayDeque<Promise<Channel>> renegotiations = new ArrayDeque<>(0);

    PipeEvents(ChannelHandlerContext context, Promise<Channel> handshake, Promise<Channel> close) {
        this.context = context;
        this.handshake = handshake;
        this.close = close;
    }

    /** Completes {@code promise} with the next handshake, or with the end. */
    void onNextHandshake(Promise<Channel> promise) {
        renegotiations.add(promise);
    }

    /** Returns whether the application waits for a later handshake. */
    boolean awaitsHandshake() {
        return !renegotiations.isEmpty();
    }

    void handshakeDone() {
        handshake.trySuccess(context.channel());
        for (Promise<Channel> each = renegotiations.poll(); each != null; each = renegotiations.poll()) {
            each.trySuccess(context.channel());
        }
        context.fireUserEventTriggered(SslHandshakeCompletionEvent.SUCCESS);
    }

    /** The client has sent close_notify, or the connection has ended in good order. */
    void closed() {
        if (close.trySuccess(context.channel())) {
            context.fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
        }
    }

    /** The connection has ended without a failure. */
    void ended() {
        boolean wasOpen = handshake.isSuccess();
        ClosedChannelException cause = new ClosedChannelException();
        abandon(cause);
        if (wasOpen) {
            closed();
        } else {
            close.tryFailure(cause);
        }
    }

    void failed(Throwable cause) {
        endedWith(cause);
        context.fireExceptionCaught(cause);
    }

    /** The application has taken the handler out of an open connection: that is no good end, and no failure either. */
    void removed() {
        endedWith(new SSLException("the handler was removed from the pipeline before the end of the connection"));
    }

    private void endedWith(Throwable cause) {
        abandon(cause);
        if (close.tryFailure(cause) && handshake.isSuccess()) {
            context.fireUserEventTriggered(new SslCloseCompletionEvent(cause));
        }
    }

    /** What still waits for a handshake waits in vain. */
    private void abandon(Throwable cause) {
        for (Promise<Channel> each = renegotiations.poll(); each != null; each = renegotiations.poll()) {
            each.tryFailure(cause);
        }
        if (handshake.tryFailure(cause)) {
            context.fireUserEventTriggered(new SslHandshakeCompletionEvent(cause));
        }
    }
}
