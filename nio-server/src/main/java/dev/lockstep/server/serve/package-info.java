/** The {@code serve} command: its options, the configuration they make, and what the server answers. */
package dev.lockstep.server.serve;
