package dev.lockstep.nio;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The listening socket of a loop. When all places are taken, a handshake that is old enough gives way to a new connection;
 * if there is none, new connections wait in the kernel's backlog.
 */
final class Acceptor {

    private static final long PAUSE_AFTER_FAILURE = TimeUnit.MILLISECONDS.toNanos(200);

    private static final int BACKLOG_AT_MOST = 4096;

    private final TlsLoop loop;
    private final ServerSocketChannel listener;
    private final SelectionKey key;
    private final int acceptsAtOnce;
    private long pausedUntil;

    /** @param acceptsAtOnce how many connections a turn of the loop accepts at most */
    Acceptor(TlsLoop loop, ServerSocketChannel listener, Selector selector, int acceptsAtOnce) throws IOException {
        this.acceptsAtOnce = acceptsAtOnce;
        this.loop = loop;
        this.listener = listener;
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

    /** Closes the socket; connections that the kernel has accepted already are taken in before, since they would be reset. */
    void finish() throws IOException {
        accept(BACKLOG_AT_MOST);
        close();
    }

    private void accept(int most) {
        for (int i = 0; i < most && key.isValid(); i++) {
            Connection evicted = null;
            if (loop.places().isFull()) {
                evicted = loop.places().evictable(loop.now());
                if (evicted == null) {
                    return;
                }
            }
            SocketChannel socket;
            try {
                socket = listener.accept();
            } catch (ClosedChannelException e) {
                return; // by another loop that shares the socket
            } catch (IOException e) {
                pausedUntil = loop.now() + PAUSE_AFTER_FAILURE;
                loop.report(observer -> observer.onAcceptFailed(e));
                return;
            }
            if (socket == null) {
                return;
            }
            makePlace(evicted);
            loop.admit(socket);
        }
    }

    private void makePlace(@Nullable Connection evicted) {
        if (evicted != null) {
            loop.counters().evicted.increment();
            loop.report(observer -> observer.onEvicted(evicted));
            evicted.evict();
        }
    }

    void close() throws IOException {
        listener.close();
    }
}
