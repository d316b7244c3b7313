/**
 * Frames of the key-server protocol over non-blocking sockets, in the clear or under TLS, for both ends of a
 * connection. This package starts no threads and has no selector: the owner of a channel calls it when the channel is
 * ready.
 */
package dev.lockstep.keys.keyserver.transport;
