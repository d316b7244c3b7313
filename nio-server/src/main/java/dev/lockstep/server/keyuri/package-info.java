/** How the places of a server's private keys are reached. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.server.keyuri;
