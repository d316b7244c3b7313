/** Drives TLS-Attacker against the program, with the traces of {@code trace}. */
@NullMarked
package dev.lockstep.interop.attacker;

import org.jspecify.annotations.NullMarked;
