package dev.lockstep.nio;

/** When a {@link TlsLoop} reads from the client of an established connection. */
public enum Reading {
    /** While nothing that was passed to {@link Session#send} waits: for protocols of questions and answers. */
    BETWEEN_SENDS,
    /**
     * Also while something waits to be sent: for two streams that do not depend on each other. What {@link
     * Handler#onData} receives while this is set must not be passed to {@link Session#send}.
     */
    ALWAYS,
    /**
     * Never: the client's data and the end of its stream wait in the kernel. A renegotiation that a write waits for reads in
     * spite of it; if the client ends the connection in it, the data that came before and {@link Handler#onEnd} are told.
     */
    PAUSED
}
