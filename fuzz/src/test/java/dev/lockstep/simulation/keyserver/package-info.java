/** Worlds in which the keys of servers are behind links to a whole key server, which fails and comes back. */
@NullMarked
package dev.lockstep.simulation.keyserver;

import org.jspecify.annotations.NullMarked;
