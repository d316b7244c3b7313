package dev.lockstep.nio;

/**
 * The attachment of a channel that a connection watches.
 *
 * @param connection the connection to serve when the channel is ready
 * @param onReady what the handler does then
 */
record Watched(Connection connection, Duplex.Work onReady) {}
