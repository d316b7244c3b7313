/** What a simulation needs to know of the loop and its pool beside their public methods. */
@NullMarked
package dev.lockstep.nio;

import org.jspecify.annotations.NullMarked;
