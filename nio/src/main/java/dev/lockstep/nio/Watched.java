package dev.lockstep.nio;

import java.nio.channels.SelectionKey;

/**
 * The attachment of a channel that a connection watches.
 *
 * @param connection the connection to serve when the channel is ready
 * @param work what the handler does then
 */
record Watched(Connection connection, Duplex.Work work) {

    /** A connection that is over watches nothing: its handler should have closed the channel, which would keep the loop turning. */
    void onReady(SelectionKey key) {
        if (connection.isOver()) {
            key.cancel();
        } else {
            connection.turnFor(work);
        }
    }
}
