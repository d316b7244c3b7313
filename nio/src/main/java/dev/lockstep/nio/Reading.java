package dev.lockstep.nio;

/** When a {@link TlsLoop} reads from the client of an established connection. */
public enum Reading {
    /** While nothing that was passed to {@link Session#send} waits: for protocols of questions and answers. */
    BETWEEN_SENDS,
    /**
     * Whatever waits to be sent: for two streams that do not depend on each other. What {@link Handler#onData} receives must
     * not be passed to {@link Session#send} then.
     */
    ALWAYS,
    /** Not at all: the client's data, and the news of its end, wait in the kernel. */
    PAUSED
}
