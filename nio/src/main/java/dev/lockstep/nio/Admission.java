package dev.lockstep.nio;

import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections of the sockets that a loop has accepted, if their networks have places. A network whose share is used up
 * gets another place only in exchange for a handshake of its own, and costs no other network a place.
 */
final class Admission {

    private final TlsLoop loop;
    private final Supplier<TlsServerConfig> config;
    private final Supplier<? extends Handler> handlers;
    private final Function<? super SocketAddress, ? extends @Nullable Preface> prefaces;
    private final Limits limits;
    private final AtomicLong numbers;

    Admission(TlsLoop loop, TlsLoopBuilder builder) {
        this.loop = loop;
        this.config = builder.config;
        this.handlers = builder.handlers;
        this.prefaces = builder.prefaces;
        this.limits = builder.limits;
        this.numbers = builder.numbers;
    }

    /** Takes in a socket, or closes it. */
    void admit(SocketChannel socket) {
        SocketAddress client = Network.peerOf(socket);
        CountedPreface preface;
        try {
            Preface expected = client == null ? null : prefaces.apply(client);
            preface = expected == null ? null : new CountedPreface(expected, this);
        } catch (Throwable t) {
            loop.defect(0, t);
            closeQuietly(socket);
            return;
        }
        Network network = preface == null ? Network.of(client) : null; // else that of the client that it states
        if (hasPlaceFor(network, client) && hasPlace()) {
            connect(socket, network, preface);
        } else {
            closeQuietly(socket);
        }
    }

    private void connect(SocketChannel socket, @Nullable Network network, @Nullable CountedPreface preface) {
        loop.counters().accepted.increment();
        long id = numbers.incrementAndGet();
        Connection[] self = new Connection[1];
        try {
            TlsChannel tls =
                    TlsChannel.server(socket, config.get(), limits, loop.buffers(), preface, it -> loop.wake(self[0]));
            SelectionKey key = loop.register(socket);
            Connection connection = new Connection(id, loop, key, tls, preface, handlers.get(), network);
            self[0] = connection;
            if (preface != null) {
                preface.belongsTo(connection);
            }
            key.attach(connection);
            loop.places().enter(connection);
            loop.counters().opened.increment();
            loop.report(it -> it.onAccepted(connection));
            connection.onTurn();
        } catch (IOException e) {
            closeQuietly(socket);
            loop.report(it -> it.onAcceptFailed(e));
        } catch (Throwable t) {
            loop.defect(id, t);
            if (self[0] != null) {
                self[0].end();
            }
            closeQuietly(socket);
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

    /** Whether there is a place. The handshake that is oldest and least far may end for it. */
    private boolean hasPlace() {
        if (!loop.places().isFull()) {
            return true;
        }
        loop.report(observer -> observer.onShortage(Shortage.CONNECTIONS, null));
        Connection evicted = loop.places().evictable(loop.now());
        if (evicted == null) {
            loop.counters().refused.increment();
            return false;
        }
        loop.evict(evicted, "ended in favour of a new connection");
        return true;
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

    private static void closeQuietly(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // The descriptor is released even so.
        }
    }
}
