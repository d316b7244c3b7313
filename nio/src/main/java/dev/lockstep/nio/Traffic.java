package dev.lockstep.nio;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Where a connection of a loop comes from, and the bytes of it that the loop's counters know already. */
final class Traffic {

    private final TlsChannel tls;
    private final LoopCounters counters;
    private final @Nullable SocketAddress remote;
    private long received;
    private long sent;

    Traffic(TlsChannel tls, LoopCounters counters) {
        this.tls = tls;
        this.counters = counters;
        this.remote = Network.peerOf(tls.socket()); // asked now: a closed socket has no address any more
    }

    /** Returns the client's address; null if it had left before it was accepted. */
    @Nullable
    SocketAddress remote() {
        return remote;
    }

    /** Brings the loop's counters up to date. */
    void count() {
        counters.bytesReceived.add(tls.bytesReceived() - received);
        counters.bytesSent.add(tls.bytesSent() - sent);
        received = tls.bytesReceived();
        sent = tls.bytesSent();
    }
}
