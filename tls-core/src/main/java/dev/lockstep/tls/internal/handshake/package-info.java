/**
 * The state machine of the handshake: the table of transitions, the table of waits, and the class that applies both. It
 * knows no records. Actions are in {@code flight}, decisions in {@code choice}, knowledge in {@code phase}.
 */
package dev.lockstep.tls.internal.handshake;
