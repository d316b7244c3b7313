package dev.lockstep.nio;

import dev.lockstep.tls.wait.Suspension;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The limit that a {@link TlsChannel} sets itself, beside those of the TLS connection. */
final class ChannelClock {

    private final LongSupplier nanos;
    private final Limits limits;
    private final long idleNanos;
    private long ownDeadline;

    /** Whether a suspension is under way whose limit stands in for that of idleness. */
    private boolean suspended;

    ChannelClock(LongSupplier nanos, Limits limits) {
        this.nanos = nanos;
        this.limits = limits;
        this.idleNanos = Nanos.of(limits.idle());
        this.ownDeadline = nanos.getAsLong() + Math.min(Nanos.of(limits.hello()), idleNanos);
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

    /**
     * What the handshake waits for now. A client that waits for an answer from outside is not idle: the wait has a limit of its
     * own, and idle time begins when it is over.
     */
    void waitsFor(@Nullable Suspension wait, ChannelState state) {
        boolean was = suspended;
        suspended = wait != null && wait.deadlineNanos().isPresent() && !state.isClosing();
        if (was && !suspended) {
            touch(state);
        }
    }

    /** A phase of the farewell begins. */
    void farewell() {
        suspended = false;
        ownDeadline = nanos.getAsLong() + Nanos.of(limits.farewell());
    }

    long ownDeadline() {
        return ownDeadline;
    }

    boolean isOwnDue() {
        return !suspended && ownDeadline - nanos.getAsLong() <= 0;
    }

    boolean isDue(OptionalLong deadline) {
        return deadline.isPresent() && deadline.getAsLong() - nanos.getAsLong() <= 0;
    }

    /** Returns the earlier one. The clock may wrap: differences are compared, never values. */
    OptionalLong earliest(OptionalLong deadline) {
        boolean first = deadline.isPresent() && (suspended || deadline.getAsLong() - ownDeadline < 0);
        return first ? deadline : OptionalLong.of(ownDeadline);
    }
}
