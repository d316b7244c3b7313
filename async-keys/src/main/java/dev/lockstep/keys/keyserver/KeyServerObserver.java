package dev.lockstep.keys.keyserver;

/**
 * Receives what happens to the connection to a key server, for logs and metrics. Every method is called by the loop's
 * thread and must return quickly; what it throws is dropped.
 */
public interface KeyServerObserver {

    /** Ignores everything. */
    KeyServerObserver NONE = new KeyServerObserver() {};

    /** The connection is made and the key server has sent its welcome: requests can be sent. */
    default void onConnected() {}

    /**
     * The connection was lost, or an attempt to make it failed. The next attempt follows without a call.
     *
     * @param wasConnected whether there was a connection before, which is not so for further attempts
     */
    default void onDisconnected(boolean wasConnected, Exception cause) {}
}
