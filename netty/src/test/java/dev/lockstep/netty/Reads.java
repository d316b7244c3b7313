package dev.lockstep.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/** Counts the reads that reach the channel. */
final class Reads extends ChannelOutboundHandlerAdapter {

    int asked;

    @Override
    public void read(ChannelHandlerContext context) {
        asked++;
        context.read();
    }
}
