/** Small programs that embed Lockstep. */
@NullMarked
package dev.lockstep.examples;

import org.jspecify.annotations.NullMarked;
