package dev.lockstep.keys.keyserver;

import dev.lockstep.keys.keyserver.protocol.Frame;
import dev.lockstep.keys.keyserver.protocol.Message;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import dev.lockstep.keys.keyserver.transport.FrameChannel;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * The channel of a link, from its connect on: frames over it, and what is asked of the selector. For the loop's thread.
 */
final class LinkChannel {

    private final FrameChannel frames;
    private final SelectionKey key;

    private LinkChannel(FrameChannel frames, SelectionKey key) {
        this.frames = frames;
        this.key = key;
    }

    /**
     * Begins to connect, and queues the hello. Whatever is thrown, no channel is left open.
     *
     * @throws IOException when that cannot be done
     */
    static LinkChannel open(KeyServerTarget target, SocketAddress address, Selector selector, SelectorDriven attachment)
            throws IOException {
        SocketChannel channel = target.open();
        boolean taken = false;
        try {
            boolean connected = channel.connect(address);
            FrameChannel frames = new FrameChannel(target.transport(channel));
            frames.send(new Frame(0, new Message.Hello(Message.OLDEST_VERSION, Message.VERSION)));
            int interest = connected ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_CONNECT;
            LinkChannel opened = new LinkChannel(frames, channel.register(selector, interest, attachment));
            taken = true;
            return opened;
        } finally {
            if (!taken) {
                discard(channel);
            }
        }
    }

    private static void discard(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It was never of use.
        }
    }

    /** Returns whether a selection key is this channel's. */
    boolean isOf(SelectionKey ready) {
        return ready == key;
    }

    /**
     * Does what the channel is ready for, a bounded share of it.
     *
     * @throws IOException when the connection is broken
     * @throws ProtocolException when something arrived that is no frame, or that {@code receiver} refused
     */
    void turn(FrameChannel.Receiver receiver) throws IOException, ProtocolException {
        if (key.isConnectable() && !((SocketChannel) key.channel()).finishConnect()) {
            return;
        }
        frames.flush();
        frames.receive(receiver);
        frames.flush();
        askSelector();
    }

    /** Returns whether {@link #turn} has something to do of which the selector does not tell. */
    boolean hasInput() {
        return key.isValid() && frames.hasInput();
    }

    /** Sends a frame in the next round of the loop, together with what else comes up in this one. */
    void send(Frame frame) {
        frames.send(frame);
        if (key.isValid() && (key.interestOps() & SelectionKey.OP_CONNECT) == 0) {
            askSelector();
        }
    }

    private void askSelector() {
        if (key.isValid()) {
            key.interestOps(frames.interest(true));
        }
    }

    /** Returns how many bytes wait to be sent. */
    int queuedBytes() {
        return frames.queuedBytes();
    }

    /** Ends the connection and wipes what was under way. */
    void close() {
        frames.close();
    }
}
