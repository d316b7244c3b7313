package dev.lockstep.server.keyserver;

import java.util.concurrent.TimeUnit;

/** What one peer, a user or a machine, takes up over all its connections. On the loop's thread. */
final class PeerShare {

    private final KeyServerLimits limits;
    int connections;
    private int queued;
    private long queuedBytes;
    private double tokens;
    private long filledAt;

    PeerShare(KeyServerLimits limits, long now) {
        this.limits = limits;
        this.tokens = limits.ratePerPeer();
        this.filledAt = now;
    }

    /**
     * Takes a place in the queue, if rate and queue have one.
     *
     * @param bytes how many the request keeps in memory
     */
    boolean take(long now, int bytes) {
        if (queued >= limits.queuePerPeer() || queuedBytes + bytes > KeyServerLimits.QUEUED_BYTES) {
            return false;
        }
        if (!takeToken(now)) {
            return false;
        }
        queued++;
        queuedBytes += bytes;
        return true;
    }

    /** Whether the rate allows another request now, which is counted then. */
    boolean takeToken(long now) {
        if (limits.ratePerPeer() == 0) {
            return true;
        }
        double grown = (double) (now - filledAt) * limits.ratePerPeer() / TimeUnit.SECONDS.toNanos(1);
        tokens = Math.min(limits.ratePerPeer(), tokens + grown);
        filledAt = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** A request has left the pool. */
    void give(int bytes) {
        queued--;
        queuedBytes -= bytes;
    }

    /** Whether nothing of this peer is left, so that forgetting it gives it no new rate: the bucket is full again. */
    boolean isIdle(long now) {
        return connections == 0 && queued == 0 && now - filledAt >= TimeUnit.SECONDS.toNanos(1);
    }
}
