/** JCA providers that the user adds to compute primitives in place of Java. */
package dev.lockstep.tls.provider;
