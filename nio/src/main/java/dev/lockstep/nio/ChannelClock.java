package dev.lockstep.nio;

import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** The limit that a {@link TlsChannel} sets itself, beside those of the TLS connection. */
final class ChannelClock {

    private final LongSupplier nanos;
    private final Limits limits;
    private final long idleNanos;
    private long ownDeadline;

    ChannelClock(LongSupplier nanos, Limits limits) {
        this.nanos = nanos;
        this.limits = limits;
        this.idleNanos = limits.idle().toNanos();
        this.ownDeadline = nanos.getAsLong() + Math.min(limits.hello().toNanos(), idleNanos);
    }

    Limits limits() {
        return limits;
    }

    /** A whole record was read or sent. That buys no time before the ClientHello is complete, nor in the farewell. */
    void touch(ChannelState state) {
        if (state != ChannelState.HELLO && !state.isClosing()) {
            ownDeadline = nanos.getAsLong() + idleNanos;
        }
    }

    /** A phase of the farewell begins. */
    void farewell() {
        ownDeadline = nanos.getAsLong() + limits.farewell().toNanos();
    }

    long ownDeadline() {
        return ownDeadline;
    }

    boolean isOwnDue() {
        return ownDeadline - nanos.getAsLong() <= 0;
    }

    boolean isDue(OptionalLong deadline) {
        return deadline.isPresent() && deadline.getAsLong() - nanos.getAsLong() <= 0;
    }

    /** Returns the earlier one. The clock may wrap: differences are compared, never values. */
    OptionalLong earliest(OptionalLong deadline) {
        return deadline.isPresent() && deadline.getAsLong() - ownDeadline < 0 ? deadline : OptionalLong.of(ownDeadline);
    }
}
