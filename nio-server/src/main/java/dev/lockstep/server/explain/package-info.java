/** {@code lockstep explain}: one handshake, printed byte by byte while it happens. */
@NullMarked
package dev.lockstep.server.explain;

import org.jspecify.annotations.NullMarked;
