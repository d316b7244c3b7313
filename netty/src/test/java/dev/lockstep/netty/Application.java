package dev.lockstep.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What stands behind the TLS handler: keeps everything it is told, and does what a test says. */
final class Application extends ChannelInboundHandlerAdapter {

    final List<Object> events = new ArrayList<>();
    final List<Throwable> failures = new ArrayList<>();
    int reads;
    boolean inactive;
    Consumer<ChannelHandlerContext> onEvent = context -> {};
    Consumer<ChannelHandlerContext> onData = context -> {};
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    byte[] takeReceived() {
        byte[] all = received.toByteArray();
        received.reset();
        return all;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf data = (ByteBuf) message;
        reads++;
        received.writeBytes(ByteBufUtil.getBytes(data));
        data.release();
        onData.accept(context);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        events.add(event);
        onEvent.accept(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        failures.add(cause);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        inactive = true;
    }
}
