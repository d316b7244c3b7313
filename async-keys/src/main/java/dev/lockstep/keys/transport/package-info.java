/**
 * Frames of the key-server protocol over non-blocking sockets, plain or under TLS, for both ends of a connection. No
 * threads and no selector: whoever owns the channel says when it is ready.
 */
package dev.lockstep.keys.transport;
