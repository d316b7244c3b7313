/** Handshakes before the first client's: in memory for {@code serve --warm-up}, with a server for a class-data archive. */
package dev.lockstep.server.warmup;
