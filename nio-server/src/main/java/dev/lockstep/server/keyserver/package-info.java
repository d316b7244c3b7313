/**
 * A key server: one selector loop for its clients, a bounded pool for the work with the keys, a line in the key-use log
 * for each use. {@code docs/protocols/keyserver-protocol.md} says what is spoken and what is refused.
 */
package dev.lockstep.server.keyserver;
