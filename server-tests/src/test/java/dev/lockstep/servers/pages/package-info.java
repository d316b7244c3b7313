/** The Java of the pages, compiled as it stands there. */
@NullMarked
package dev.lockstep.servers.pages;

import org.jspecify.annotations.NullMarked;
