package dev.lockstep.keys.compose;

/** Receives each private-key operation when it has ended, exactly once. */
@FunctionalInterface
public interface KeyObserver {

    /**
     * An operation has ended. Called on the thread that drives the connection, before the handshake continues: it must
     * not block, and for decryptions it must take the same time whatever the outcome, which depends on what the peer
     * sent. Runtime exceptions are dropped.
     */
    void onOperation(KeyOperation operation);
}
