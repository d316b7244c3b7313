package dev.lockstep.server.keyserver;

/**
 * When a client's connection was last used, since when its client takes nothing of what it is sent, and when to look at it next.
 * Times are nanoseconds of the loop's clock. On the loop's thread.
 */
final class ConnectionTimes {

    private final KeyServerLimits limits;
    private int queuedBefore;
    private long movedAt;
    private long usedAt;
    private long earliest;

    /** A connection has arrived, and has until the limit for a hello. */
    ConnectionTimes(KeyServerLimits limits, long now) {
        this.limits = limits;
        this.movedAt = now;
        this.usedAt = now;
        this.earliest = now + limits.helloNanos();
    }

    /** A frame or an answer has gone one way or the other. */
    void used(long now) {
        usedAt = now;
    }

    /** For how long none has, up to {@code now}. */
    long idleNanos(long now) {
        return now - usedAt;
    }

    /** Notes how much waits to be sent after an attempt to send it. */
    void noteOutput(int queued, long now) {
        if (queued < queuedBefore || queued == 0) {
            movedAt = now;
        }
        queuedBefore = queued;
        if (queued > 0) {
            sooner(movedAt + limits.stallNanos());
        }
    }

    /** Whether the client has taken nothing of what waits for too long. */
    boolean isStalled(int queued, long now) {
        return queued > 0 && now - movedAt - limits.stallNanos() >= 0;
    }

    /** Something is to be looked at then, or before. */
    void sooner(long nanos) {
        if (nanos - earliest < 0) {
            earliest = nanos;
        }
    }

    /** The earliest time at which there may be something to look at. */
    long earliest() {
        return earliest;
    }

    boolean isDue(long now) {
        return now - earliest >= 0;
    }

    /** It is looked at now, and then for a stalled client again. */
    void looked(long now) {
        earliest = now + limits.stallNanos();
    }
}
