package dev.lockstep.nio;

/** What the handler of a connection has asked for, and how far it is carried out. The channel knows the state of TLS. */
enum Stage {
    HANDSHAKE,
    OPEN,
    /** close_notify follows what is waiting. */
    SHUTTING_DOWN,
    HALF_CLOSED,
    /** The farewell follows what is waiting. */
    CLOSING,
    FAREWELL,
    OVER
}
