package dev.lockstep.server.keyserver;

import dev.lockstep.server.keyserver.listener.ClientListener;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/** Accepts the connections that arrive at a listener, a bounded share in each round. On the loop's thread. */
final class Arrivals {

    private static final int ACCEPTS_AT_ONCE = 64;
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(200);

    /** Decides about a connection. */
    @FunctionalInterface
    interface Door {

        /**
         * Takes a connection over.
         *
         * @return whether it was; otherwise the caller closes the channel
         */
        boolean admit(SocketChannel channel) throws IOException;
    }

    private final KeyServer server;
    private final ClientListener listener;
    private final Selector selector;
    private final Door door;
    private boolean acceptable;
    private boolean paused;
    private long again;

    Arrivals(KeyServer server, ClientListener listener, Selector selector, Door door) {
        this.server = server;
        this.listener = listener;
        this.selector = selector;
        this.door = door;
    }

    /** The selector has seen one. */
    void onReady() {
        acceptable = true;
    }

    /** For how long none is accepted; the largest value when that is not so. */
    long pauseNanos(long now) {
        return paused ? again - now : Long.MAX_VALUE;
    }

    /** Ends a pause that is over. */
    void checkTime(long now) {
        if (paused && now - again >= 0) {
            paused = false;
            listen(SelectionKey.OP_ACCEPT);
        }
    }

    /** Accepts what has arrived. A failure stops that for a moment, and nothing else. */
    void accept() {
        if (!acceptable || paused) {
            return;
        }
        acceptable = false;
        for (int i = 0; i < ACCEPTS_AT_ONCE; i++) {
            SocketChannel channel;
            try {
                channel = listener.channel().accept();
            } catch (IOException | RuntimeException | Error e) {
                // Out of descriptors or of memory, most likely.
                paused = true;
                again = server.now() + PAUSE;
                listen(0);
                server.warn(KeyserverNotices.ACCEPT + (e instanceof IOException ? e.getMessage() : e.toString()));
                return;
            }
            if (channel == null) {
                return;
            }
            admit(channel);
        }
    }

    private void admit(SocketChannel channel) {
        boolean admitted = false;
        try {
            admitted = door.admit(channel);
        } catch (IOException e) {
            admitted = false; // the client has left
        } catch (RuntimeException | Error e) { // boundary, as for a turn
            server.defect("while a connection was accepted", "", e);
        } finally {
            if (!admitted) {
                closeQuietly(channel);
            }
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The client is gone, and so is the descriptor.
        }
    }

    private void listen(int interest) {
        SelectionKey key = listener.channel().keyFor(selector);
        if (key != null && key.isValid()) {
            key.interestOps(interest);
        }
    }
}
