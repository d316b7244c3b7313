/** Benchmarks side by side with the alternatives: {@link dev.lockstep.jmh.Main} runs and reports them. */
@NullMarked
package dev.lockstep.jmh;

import org.jspecify.annotations.NullMarked;
