/** Where a server's private keys are, as a command line says it, and how they are reached. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.server.keyuri;
