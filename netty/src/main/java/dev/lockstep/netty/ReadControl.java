package dev.lockstep.netty;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;

/**
 * Decides when the channel reads. Without {@code autoRead} the handler asks for what the handshake needs, and for more when
 * a read of the application has brought no whole record. A client that sends more than one record while the connection
 * cannot use it is not read from until it can.
 */
final class ReadControl {

    private final ChannelHandlerContext context;

    /** The application has called read, and nothing was delivered since. */
    private boolean wanted;

    /** No more bytes can be taken now. */
    private boolean full;

    /** This class has turned autoRead off, and turns it on again. */
    private boolean paused;

    ReadControl(ChannelHandlerContext context) {
        this.context = context;
    }

    /** The application calls read. */
    void read() {
        wanted = true;
        if (!full) {
            context.read();
        }
    }

    /** Something was delivered to the application. */
    void delivered() {
        wanted = false;
    }

    /**
     * Adjusts to the state of the connection, after each of its moves.
     *
     * @param full whether no more bytes can be taken
     * @param needed whether the handler itself waits for bytes, or must learn that the client has left
     */
    void adjust(boolean full, boolean needed) {
        this.full = full;
        ChannelConfig config = context.channel().config();
        if (full) {
            if (config.isAutoRead()) { // also if the application has turned it on meanwhile
                config.setAutoRead(false);
                paused = true;
            }
            return;
        }
        if (paused) {
            paused = false;
            config.setAutoRead(true);
        } else if (!config.isAutoRead() && (needed || wanted)) {
            context.read();
        }
    }
}
