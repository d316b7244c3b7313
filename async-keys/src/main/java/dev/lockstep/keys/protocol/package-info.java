/**
 * The frames between a key server and its clients, as {@code docs/keyserver-protocol.md} gives them: no sockets, no
 * threads, no clock.
 */
package dev.lockstep.keys.protocol;
