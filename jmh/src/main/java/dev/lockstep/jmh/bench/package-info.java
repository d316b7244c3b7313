/** What is measured, and how. */
@NullMarked
package dev.lockstep.jmh.bench;

import org.jspecify.annotations.NullMarked;
