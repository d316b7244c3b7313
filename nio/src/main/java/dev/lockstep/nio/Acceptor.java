package dev.lockstep.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The listening socket of a loop. When all places are taken, a handshake that is old enough gives way to a new connection;
 * if there is none, new connections wait in the kernel's backlog. A network whose share is used up has the new connection
 * closed instead, since the backlog is for all.
 */
final class Acceptor {

    private static final long PAUSE_AFTER_FAILURE = TimeUnit.MILLISECONDS.toNanos(200);

    private static final int BACKLOG_AT_MOST = 4096;

    /** How many handshakes end at the same time when no connection can be accepted for lack of descriptors. */
    private static final int ENDED_FOR_DESCRIPTORS = 64;

    private final TlsLoop loop;
    private final ServerSocketChannel listener;
    private final SelectionKey key;
    private final int acceptsAtOnce;
    private long pausedUntil;

    /** Whether accepting failed and the backlog has not been empty since. */
    private boolean starved;

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
            Connection evicted = null;
            if (loop.places().isFull()) {
                evicted = loop.places().evictable(loop.now());
                if (evicted == null) {
                    loop.report(observer -> observer.onShortage(Shortage.CONNECTIONS, null));
                    return;
                }
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
            if (evicted != null) {
                loop.report(observer -> observer.onShortage(Shortage.CONNECTIONS, null));
                loop.evict(evicted, "ended in favour of a new connection");
            }
            admit(socket);
        }
    }

    private void admit(SocketChannel socket) {
        SocketAddress client = Network.peerOf(socket);
        CountedPreface preface;
        try {
            Preface expected = client == null ? null : loop.prefaces().apply(client);
            preface = expected == null ? null : new CountedPreface(expected, this);
        } catch (Throwable t) {
            loop.defect(0, t);
            TlsLoop.closeQuietly(socket);
            return;
        }
        Network network = preface == null ? Network.of(client) : null; // else that of the client that it states
        if (hasPlaceFor(network, client)) {
            loop.admit(socket, network, preface);
        } else {
            TlsLoop.closeQuietly(socket);
        }
    }

    /** Gives a connection a place of the network of {@code client}, as far as there is one. */
    boolean assign(Connection connection, InetSocketAddress client) {
        Network network = Network.of(client.getAddress());
        boolean has = hasPlaceFor(network, client);
        if (has) {
            loop.places().assign(connection, network);
        }
        return has;
    }

    /** Whether there is a place for another connection of a network. A handshake of its own may end for it. */
    private boolean hasPlaceFor(@Nullable Network network, @Nullable SocketAddress client) {
        if (!loop.places().isFull(network)) {
            return true;
        }
        loop.report(observer -> observer.onShortage(Shortage.NETWORK, client));
        Connection own = loop.places().evictable(network, loop.now());
        if (own == null) {
            loop.counters().refused.increment();
            return false;
        }
        loop.evict(own, "ended in favour of a new connection of the same network");
        return true;
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
