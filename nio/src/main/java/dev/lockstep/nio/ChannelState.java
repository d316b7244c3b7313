package dev.lockstep.nio;

/** The state of a {@link TlsChannel}, in the order in which a connection passes through it. States can be skipped. */
public enum ChannelState {
    /** No whole ClientHello has arrived. */
    HELLO,
    /** The first handshake is in progress, or waits for a key. */
    HANDSHAKE,
    /** Application data flows in both directions. */
    OPEN,
    /**
     * The client's close_notify has been read, and this side may still send: only where the configuration has
     * {@code outputAfterCloseNotify}.
     */
    INPUT_ENDED,
    /** This side has sent close_notify and still reads. */
    HALF_CLOSED,
    /** The client's close_notify has been read. Nothing is sent or received any more. */
    ENDED,
    /** {@link TlsChannel#close} was called; its last bytes are being sent. */
    FLUSHING,
    /** The TCP output is shut down; input is read and dropped until the client closes its side. */
    DRAINING,
    /** The socket is closed. */
    CLOSED;

    /** Returns whether nothing more can be read. */
    boolean hasNoInput() {
        return this == INPUT_ENDED || compareTo(ENDED) >= 0;
    }

    /** Returns whether the channel ends: application data is neither sent nor received. */
    boolean isClosing() {
        return compareTo(FLUSHING) >= 0;
    }
}
