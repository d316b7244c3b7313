package dev.lockstep.server;

/** What the selector thread has done so far. Written by that thread only. */
public final class Counters {

    /** Connections accepted. */
    long accepted;
    /** Handshakes completed. */
    long handshakes;
    /** Applications' answers handed over in full. */
    public long answered;
    /** Calls of step, read and write. */
    public long steps;
    /** Connections that ended with an alert. */
    long failed;
}
