/** What must not grow with the number of names, authorities, credentials and connections. */
@NullMarked
package dev.lockstep.jmh.growth;

import org.jspecify.annotations.NullMarked;
