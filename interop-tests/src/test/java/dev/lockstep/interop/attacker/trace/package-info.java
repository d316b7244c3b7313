/** The hostile traces: what a client sends in the wrong place or form, and the answer that it must get back. */
@NullMarked
package dev.lockstep.interop.attacker.trace;

import org.jspecify.annotations.NullMarked;
