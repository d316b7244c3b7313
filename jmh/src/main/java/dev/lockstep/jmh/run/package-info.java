/** Which measurements are made, in which order, for how long. */
@NullMarked
package dev.lockstep.jmh.run;

import org.jspecify.annotations.NullMarked;
