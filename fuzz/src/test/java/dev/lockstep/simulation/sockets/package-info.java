/** Sockets and a selector in memory, for event loops in simulated time: nothing here waits, and no thread is needed. */
@NullMarked
package dev.lockstep.simulation.sockets;

import org.jspecify.annotations.NullMarked;
