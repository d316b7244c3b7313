/**
 * The handshake as one table of (state, event), action and permitted next states. Knows no records.
 */
package dev.lockstep.tls.internal.handshake;
