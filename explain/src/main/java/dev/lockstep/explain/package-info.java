/**
 * A handshake explained byte by byte: {@link dev.lockstep.explain.Transcript} collects, {@link dev.lockstep.explain.Wire}
 * cuts a stream into records, {@link dev.lockstep.explain.Explanation} and {@link dev.lockstep.explain.Figure} print.
 */
@NullMarked
package dev.lockstep.explain;

import org.jspecify.annotations.NullMarked;
