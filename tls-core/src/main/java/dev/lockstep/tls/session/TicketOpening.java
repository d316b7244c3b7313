package dev.lockstep.tls.session;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A ticket that a client presents, to be opened by a {@link TicketProtector}. Immutable. */
public final class TicketOpening {

    private final byte[] ticket;
    private final @Nullable String serverName;
    private final OptionalLong deadlineNanos;

    /**
     * @param ticket 1 to 2^16-1 bytes; copied
     * @param serverName the host name of the SNI extension, if the client sent one
     * @param deadlineNanos when the connection gives up waiting, in nanoseconds of its clock
     */
    public TicketOpening(byte[] ticket, @Nullable String serverName, OptionalLong deadlineNanos) {
        this.ticket = ticket.clone();
        this.serverName = serverName;
        this.deadlineNanos = deadlineNanos;
    }

    /** Returns a copy of the ticket as the client sent it: any bytes at all. */
    public byte[] ticket() {
        return ticket.clone();
    }

    /** Returns the host name that the client asks for, or null. */
    public @Nullable String serverName() {
        return serverName;
    }

    /** Returns when the connection gives up waiting, in nanoseconds of its clock; empty if it does not. */
    public OptionalLong deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public String toString() {
        return "TicketOpening[" + ticket.length + " bytes]";
    }
}
