/** Providers that the user adds, which compute primitives in place of Java. */
package dev.lockstep.tls.provider;
