/** Connections in worlds where everything that may happen otherwise follows from a seed, or from the bytes of a fuzzer. */
@NullMarked
package dev.lockstep.simulation;

import org.jspecify.annotations.NullMarked;
