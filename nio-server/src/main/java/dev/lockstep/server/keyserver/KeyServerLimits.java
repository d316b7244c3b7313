package dev.lockstep.server.keyserver;

import java.util.concurrent.TimeUnit;

/**
 * What the clients of a key server may take up.
 *
 * @param connections of clients that are known, open at once at each listener; half of them at most by one peer, fewer while
 *     other peers need places
 * @param openPerConnection requests of one connection, 1 to 65,535: told to the client in the hello
 * @param queuePerPeer requests of one peer that wait or run
 * @param ratePerPeer requests a second of one peer, as many at once after a second of rest; 0 for no limit
 * @param helloNanos for a connection to come to its hello, the TLS handshake included
 * @param stallNanos for a client to take something of what it is sent
 */
public record KeyServerLimits(
        int connections, int openPerConnection, int queuePerPeer, int ratePerPeer, long helloNanos, long stallNanos) {

    /** 64 connections, 4,096 requests open on each and 8,192 of a peer, 20,000 a second; 5 s for a hello, 30 s stalled. */
    public static final KeyServerLimits DEFAULT =
            new KeyServerLimits(64, 4096, 8192, 20_000, TimeUnit.SECONDS.toNanos(5), TimeUnit.SECONDS.toNanos(30));

    /** Input is left in the socket while so many bytes wait to be sent. */
    static final int PAUSE_BYTES = 256 * 1024;

    /** What the requests of one peer that wait or run may keep in memory: 8 KiB each would not fit a small heap. */
    static final int QUEUED_BYTES = 8 * 1024 * 1024;

    /**
     * A connection without open requests that has been idle for so long makes room for another of its peer. A client that
     * was cut off and comes back waits no longer than this.
     */
    static final long UNUSED_NANOS = TimeUnit.SECONDS.toNanos(5);

    int connectionsPerPeer() {
        return (connections + 1) / 2;
    }

    /** Connections at each listener of clients that are not known yet. */
    int unknownConnections() {
        return Math.max(2, Math.min(16, connections / 4));
    }
}
