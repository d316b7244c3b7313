/** Counters of a server, and their text for Prometheus. */
@org.jspecify.annotations.NullMarked
package dev.lockstep.server.metrics;
