/**
 * What a handshake knows, in phases: the {@link dev.lockstep.tls.internal.handshake.phase.Offer} is set by ClientHello, the
 * {@link dev.lockstep.tls.internal.handshake.phase.Agreement} by ServerHello, the
 * {@link dev.lockstep.tls.internal.handshake.phase.KeyAgreement} by the key exchange, the
 * {@link dev.lockstep.tls.internal.handshake.phase.Client} by its certificate and its proof. Nothing here decides or sends.
 */
package dev.lockstep.tls.internal.handshake.phase;
