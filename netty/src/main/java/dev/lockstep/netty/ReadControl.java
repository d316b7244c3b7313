package dev.lockstep.netty;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;

/**
 * Decides when the channel reads. Without {@code autoRead} the handler asks for what the handshake needs, and for more when
 * a read of the application has brought no whole record. A client that sends more than one record while the connection
 * cannot use it is not read from until it can: reads are held back here, and {@code autoRead} stays the application's own.
 */
final class ReadControl {

    private final ChannelHandlerContext context;

    /** The application has called read, and nothing was delivered since. */
    private boolean wanted;

    /** No more bytes can be taken now. */
    private boolean full;

    /** A read was held back, or the channel was stopped that reads by itself. */
    private boolean held;

    ReadControl(ChannelHandlerContext context) {
        this.context = context;
    }

    /** The application calls read. */
    void read() {
        wanted = true;
        held |= full;
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
            stop(config);
            return;
        }
        boolean resumes = config.isAutoRead() ? held : needed || wanted;
        held = false;
        if (resumes) {
            context.read();
        }
    }

    /**
     * Makes a channel stop that reads without being asked: while autoRead is on, a transport stays interested in input
     * whether or not {@code read} is called. It loses that interest with autoRead, and regains it only by the {@code read}
     * that is held back here.
     */
    private void stop(ChannelConfig config) {
        if (config.isAutoRead()) {
            held = true;
            config.setAutoRead(false);
            config.setAutoRead(true);
        }
    }
}
