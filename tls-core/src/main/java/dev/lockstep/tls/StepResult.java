package dev.lockstep.tls;

/** The result of a call on a {@link TlsServerConnection}: what it achieved, and what it needs next. */
public enum StepResult {
    /** The connection made progress: call again. */
    PROGRESSED,
    /** No whole record is in {@code netIn}: read more bytes from the peer, then call again with all of them. */
    NEED_INPUT,
    /** An output buffer has no room for the next record: empty it, then call again. */
    NEED_OUTPUT,
    /**
     * An operation outside the connection is pending, typically with the private key. Serve others; call the same
     * method again when the handler of {@link TlsServerConnection#create} runs, when the deadline passes or when input
     * arrives. Calling early is harmless.
     */
    ASYNC_IN_PROGRESS,
    /** The handshake is complete and nothing is pending: {@code read} and {@code write} carry application data. */
    ESTABLISHED,
    /** The connection has ended without a failure: send what is in {@code netOut}, then close the transport. */
    CLOSED
}
