/**
 * The record layer of RFC 5246 section 6: framing, joining of handshake messages, protection. Knows no handshake.
 */
package dev.lockstep.tls.internal.record;
