package dev.lockstep.netty;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;

/**
 * Decides when the channel reads. Without {@code autoRead} the handler asks for what a handshake needs, and for more when
 * a read of the application has brought no whole record. In a renegotiation that brings data too, which the application has not
 * asked for: a client that sends much of it is not read from until the application reads. A client that sends more than one record while the connection
 * cannot use it is not read from until it can: reads are held back here, and {@code autoRead} stays the application's own.
 */
final class ReadControl {

    /** How much data a renegotiation may bring to an application that does not read: what a read can bring, a few times. */
    private static final int MOST_UNASKED = 1 << 18;

    private final ChannelHandlerContext context;

    /** The application has called read without autoRead, and nothing was delivered since. */
    private boolean wanted;

    /** How many bytes were delivered since the application's last read, and beyond what that has brought first. */
    private long unasked;

    /** No more bytes can be taken now. */
    private boolean full;

    /** A read was held back, or the channel was stopped that reads by itself. */
    private boolean held;

    ReadControl(ChannelHandlerContext context) {
        this.context = context;
    }

    /** The application calls read. */
    void read() {
        wanted = !context.channel().config().isAutoRead(); // the channel itself reads then, until that is turned off
        unasked = 0;
        held |= full;
        if (!full) {
            context.read();
        }
    }

    /** So much is about to be delivered to the application. */
    void delivers(int bytes) {
        unasked += wanted ? 0 : bytes;
        wanted = false;
    }

    /**
     * Adjusts to the state of the connection, after each of its moves.
     *
     * @param full whether no more bytes can be taken
     * @param needed whether the handler itself waits for bytes, or must learn that the client has left
     * @param renegotiates whether a later handshake is under way, or the client was asked for one
     */
    void adjust(boolean full, boolean needed, boolean renegotiates) {
        this.full = full;
        unasked = renegotiates ? unasked : 0;
        ChannelConfig config = context.channel().config();
        if (full) {
            held |= stop(config);
            return;
        }
        boolean resumes = config.isAutoRead() ? held : needed || wanted || (renegotiates && unasked <= MOST_UNASKED);
        held = false;
        if (resumes) {
            context.read();
        }
    }

    /**
     * Makes a channel stop that reads without being asked: while autoRead is on, a transport stays interested in input
     * whether or not {@code read} is called. It loses that interest with autoRead, and regains it only by the {@code read}
     * that the caller holds back.
     *
     * @return whether it did
     */
    static boolean stop(ChannelConfig config) {
        boolean reads = config.isAutoRead();
        if (reads) {
            config.setAutoRead(false);
            config.setAutoRead(true);
        }
        return reads;
    }
}
