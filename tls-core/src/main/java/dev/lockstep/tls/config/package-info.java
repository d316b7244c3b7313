/**
 * How a server is set up: immutable, built once, shared by all connections.
 */
package dev.lockstep.tls.config;
