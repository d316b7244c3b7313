/** What is made of the figures. */
@NullMarked
package dev.lockstep.jmh.report;

import org.jspecify.annotations.NullMarked;
