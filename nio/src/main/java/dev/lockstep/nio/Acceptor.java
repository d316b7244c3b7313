package dev.lockstep.nio;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * The listening socket of a loop. When all places are taken, a handshake that is old enough gives way to a new connection;
 * if there is none, new connections wait in the kernel's backlog. What becomes of an accepted socket is {@link Admission}'s to
 * say.
 */
final class Acceptor {

    private static final long PAUSE_AFTER_FAILURE = TimeUnit.MILLISECONDS.toNanos(200);

    private static final int BACKLOG_AT_MOST = 4096;

    /** How many handshakes end at the same time when no connection can be accepted for lack of descriptors. */
    private static final int ENDED_FOR_DESCRIPTORS = 64;

    private final TlsLoop loop;
    private final Admission admission;
    private final ServerSocketChannel listener;
    private final SelectionKey key;

    /** How many connections a turn of the loop accepts at most. */
    private final int acceptsAtOnce;

    private long pausedUntil;

    /** Whether accepting failed and the backlog has not been empty since. */
    private boolean starved;

    Acceptor(TlsLoop loop, Admission admission, TlsLoopBuilder builder, Selector selector) throws IOException {
        this.loop = loop;
        this.admission = admission;
        this.listener = builder.listener;
        this.acceptsAtOnce = builder.acceptsAtOnce;
        listener.configureBlocking(false);
        this.key = listener.register(selector, SelectionKey.OP_ACCEPT, this);
        this.pausedUntil = loop.now();
    }

    /** Before each select: asks for connections only if there is a place, and returns how long that may stay so. */
    long update() {
        if (!key.isValid()) {
            return Long.MAX_VALUE; // closed: the loop is draining
        }
        long now = loop.now();
        long pause = Math.max(0, pausedUntil - now);
        if (pause == 0 && loop.places().isFull()) {
            pause = loop.places().nanosToEvictable(now);
        }
        int interest = pause == 0 ? SelectionKey.OP_ACCEPT : 0;
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
        return pause == 0 ? Long.MAX_VALUE : pause;
    }

    void onReady() {
        accept(acceptsAtOnce);
    }

    /**
     * Closes the socket; connections that the kernel has accepted already are taken in before, since they would be
     * reset.
     */
    void finish() {
        accept(BACKLOG_AT_MOST);
        try {
            close();
        } catch (IOException e) {
            loop.defect(0, e);
        }
    }

    private void accept(int most) {
        for (int i = 0; i < most && key.isValid(); i++) {
            if (loop.places().isFull() && loop.places().evictable(loop.now()) == null) {
                loop.report(observer -> observer.onShortage(Shortage.CONNECTIONS, null));
                return;
            }
            SocketChannel socket;
            try {
                socket = listener.accept();
            } catch (ClosedChannelException e) {
                return; // by another loop that shares the socket
            } catch (IOException e) {
                onFailure(e);
                return;
            }
            if (socket == null) {
                starved = false;
                return;
            }
            admission.admit(socket);
        }
    }

    /**
     * One failure may be the matter of the connection that was to be accepted. When the next attempt fails too, the process
     * is most likely out of descriptors, of which handshakes give some back.
     */
    private void onFailure(IOException e) {
        loop.report(observer -> observer.onAcceptFailed(e));
        if (starved) {
            loop.report(observer -> observer.onShortage(Shortage.DESCRIPTORS, null));
        }
        if (!starved || !endHandshakes()) {
            pausedUntil = loop.now() + PAUSE_AFTER_FAILURE;
        }
        starved = true;
    }

    private boolean endHandshakes() {
        int ended = 0;
        Connection evicted;
        while (ended < ENDED_FOR_DESCRIPTORS && (evicted = loop.places().evictable(loop.now())) != null) {
            loop.evict(evicted, "ended in favour of new connections: no descriptors are left");
            ended++;
        }
        return ended > 0;
    }

    void close() throws IOException {
        listener.close();
    }
}
