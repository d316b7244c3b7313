/** Targets over public classes; the others lie in the packages of what they call. */
@NullMarked
package dev.lockstep.fuzz.targets;

import org.jspecify.annotations.NullMarked;
