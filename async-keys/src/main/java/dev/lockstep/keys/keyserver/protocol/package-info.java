/**
 * The frames between a key server and its clients, as {@code docs/protocols/keyserver-protocol.md} defines them. This package
 * opens no sockets, starts no threads and reads no clock.
 */
package dev.lockstep.keys.keyserver.protocol;
