/** What operators need of a running server: what it reports, how it ends, how it is asked for its health. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.server.ops;
