/** The TLS servers that are measured, each behind the same small interface, and the client they all talk to. */
@NullMarked
package dev.lockstep.jmh.engine;

import org.jspecify.annotations.NullMarked;
