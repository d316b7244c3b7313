/**
 * TLS 1.2 for Netty 4.1. {@link dev.lockstep.netty.LockstepHandler} is the handler to put first into the pipeline of an
 * accepted channel, {@link dev.lockstep.netty.ApplicationProtocolHandler} completes the pipeline by what ALPN has chosen, and
 * {@link dev.lockstep.netty.CloseLimits} bounds the end of a connection.
 */
@NullMarked
package dev.lockstep.netty;

import org.jspecify.annotations.NullMarked;
