/** The project's main case: many handshakes on one thread while a key elsewhere takes its time. */
@NullMarked
package dev.lockstep.jmh.slow;

import org.jspecify.annotations.NullMarked;
