/**
 * The TLS terminator: carries what clients send to a backend over TCP or a Unix-domain socket, and back. PROXY protocol in
 * both directions.
 */
package dev.lockstep.server.backend;
