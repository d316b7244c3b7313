package dev.lockstep.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Sends back what comes, and reads no faster than the client does. */
final class Echo extends ChannelInboundHandlerAdapter {

    private final Queue<Throwable> failures;

    Echo() {
        this(new ConcurrentLinkedQueue<>());
    }

    Echo(Queue<Throwable> failures) {
        this.failures = failures;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        context.write(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
        context.channel().config().setAutoRead(context.channel().isWritable());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        context.channel().config().setAutoRead(context.channel().isWritable());
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == SslCloseCompletionEvent.SUCCESS) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failures.add(cause);
    }
}
