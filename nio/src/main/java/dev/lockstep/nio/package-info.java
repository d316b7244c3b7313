/**
 * Connects the sans-IO {@link dev.lockstep.tls.TlsServerConnection} to sockets.
 *
 * <ul>
 *   <li>{@link dev.lockstep.nio.TlsChannel}: one connection over a non-blocking socket, without a thread or a selector.
 *   <li>{@link dev.lockstep.nio.TlsLoop}: one thread and one selector that run many such channels, each with a
 *       {@link dev.lockstep.nio.Handler}.
 *   <li>{@link dev.lockstep.nio.BlockingTlsChannel}: one connection as an input stream and an output stream.
 * </ul>
 */
package dev.lockstep.nio;
