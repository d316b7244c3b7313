package dev.lockstep.tls.wait;

import java.util.OptionalLong;

/**
 * A wait that is under way.
 *
 * @param kind what is waited for
 * @param sinceNanos when it began, in nanoseconds of the configured clock
 * @param deadlineNanos when it is given up, in the same clock; empty when there is no limit
 */
public record Suspension(SuspensionKind kind, long sinceNanos, OptionalLong deadlineNanos) {}
