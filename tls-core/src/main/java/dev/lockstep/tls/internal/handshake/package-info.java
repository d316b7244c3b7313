/**
 * The handshake machine: one table of transitions, one table of waits, and the door through which both are applied. It
 * knows no records. Actions are in {@code flight}, decisions in {@code choice}, knowledge in {@code phase}.
 */
package dev.lockstep.tls.internal.handshake;
