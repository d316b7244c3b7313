package dev.lockstep.tls.internal.handshake;

/** What is true of every path of the table, and who says so. */
enum Property {
    /**
     * RFC 5246 7.4.9: "Once a side has sent its Finished message and received and validated the Finished message from its
     * peer, it may begin to send and receive application data over the connection."
     */
    FINISHED_BEFORE_OPEN,
    /**
     * RFC 5246 7.4.8: "This message is used to provide explicit verification of a client certificate." No connection and no
     * session has a client chain that was not judged, and whose key was not proven.
     */
    PROOF_BEFORE_USE,
    /**
     * RFC 5246 7.3: "Application data MUST NOT be sent prior to the completion of the first handshake". In a later one none
     * is taken under keys whose Finished has not been checked, nor sent under them.
     */
    DATA_AFTER_FINISHED,
    /** {@code Wait}: "The one wait that a connection may have". */
    ONE_WAIT,
    /** {@code Wait}: "Each operation is started exactly once; it ends by an answer, a failure or a cancel." */
    WAITS_END,
    /**
     * RFC 5246 8.1: "The pre_master_secret should be deleted from memory once the master_secret has been computed."
     * {@code TlsServerConnection}: "After the end every secret is cleared". No secret is made where one like it is held.
     */
    SECRETS_END,
    /**
     * RFC 5246 8.1: "For all key exchange methods, the same algorithm is used to convert the pre_master_secret into the
     * master_secret." Once in each handshake, of every part that the key exchange has.
     */
    KEYS_ONCE,
    /**
     * RFC 5246 7.4.7.1: "In any case, a TLS server MUST NOT generate an alert if processing an RSA-encrypted premaster
     * secret message fails, or the version number is not as expected. Instead, it MUST continue the handshake with a
     * randomly generated premaster secret." A failure leads where a success does, for pre-shared keys too.
     */
    MASKED_ALIKE,
    /** {@code docs/design/handshake.md}: READ "needs a message", ACT "acts by itself". Every state leads on, and none in a circle. */
    PROGRESS
}
