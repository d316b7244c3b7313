/**
 * TLS 1.2 for Netty 4.1 and 4.2. {@link dev.lockstep.netty.LockstepHandler} is the first handler in the pipeline of an accepted
 * channel, {@link dev.lockstep.netty.ApplicationProtocolHandler} completes the pipeline for the protocol that ALPN has chosen,
 * and {@link dev.lockstep.netty.CloseLimits} bounds the end of a connection. {@link dev.lockstep.netty.LockstepSslContext} is
 * for frameworks that take Netty's {@code SslContext}.
 */
@NullMarked
package dev.lockstep.netty;

import org.jspecify.annotations.NullMarked;
