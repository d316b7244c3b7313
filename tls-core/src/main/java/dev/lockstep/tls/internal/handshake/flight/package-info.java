/**
 * The actions of the transition table, by flight. They are static and keep nothing: what a handshake knows is in
 * {@link dev.lockstep.tls.internal.handshake.phase.Handshake}.
 */
package dev.lockstep.tls.internal.handshake.flight;
