package dev.lockstep.tls.internal.message;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.HandshakeType;
import java.util.Arrays;

/**
 * Hands the client its session to keep, RFC 5077 3.3.
 *
 * <pre>
 * struct {
 *     uint32 ticket_lifetime_hint;      // seconds; 0: not said
 *     opaque ticket&lt;0..2^16-1&gt;;         // empty: none after all
 * } NewSessionTicket;
 * </pre>
 *
 * @param lifetimeHint how long the ticket is worth keeping, in seconds, 0 to 2^32-1; 0 says nothing
 * @param ticket opaque to the client, 0 to 65535 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record NewSessionTicket(long lifetimeHint, byte[] ticket) implements HandshakeMessage {

    /** Refuses every other lifetime and length with {@link IllegalArgumentException}. */
    public NewSessionTicket {
        if (lifetimeHint >>> 32 != 0 || ticket.length > 0xffff) {
            throw new IllegalArgumentException(
                    "a hint of " + lifetimeHint + " seconds, a ticket of " + ticket.length + " bytes");
        }
    }

    /** Reads the body. */
    public static NewSessionTicket parse(WireReader body) {
        long hint = body.uint32("ticket_lifetime_hint");
        byte[] ticket = body.opaque16(0, 0xffff, "ticket");
        body.requireEnd("NewSessionTicket");
        return new NewSessionTicket(hint, ticket);
    }

    @Override
    public HandshakeType type() {
        return HandshakeType.NEW_SESSION_TICKET;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.uint32(lifetimeHint).opaque16(ticket);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NewSessionTicket that
                && lifetimeHint == that.lifetimeHint
                && Arrays.equals(ticket, that.ticket);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(lifetimeHint) + Arrays.hashCode(ticket);
    }

    /** Leaves the ticket out: who has it and its key has the session. */
    @Override
    public String toString() {
        return "NewSessionTicket[" + ticket.length + " bytes, " + lifetimeHint + " s]";
    }
}
