package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;
import java.util.Arrays;

/**
 * A ticket of an earlier session, or the wish for one: RFC 5077 3.2.
 *
 * <pre>
 * opaque ticket[length of extension_data];      // ClientHello form: no length of its own; empty if there is none yet
 *
 * struct {} SessionTicket;                      // ServerHello form: NewSessionTicket will follow
 * </pre>
 *
 * @param ticket the ticket as it was sent, 0 to 65535 bytes; empty in the ServerHello form
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record SessionTicket(byte[] ticket) implements Extension {

    /** Returns the form without a ticket: by it a client asks for one and a server says that one will come. */
    public static SessionTicket empty() {
        return new SessionTicket(new byte[0]);
    }

    /** Reads the ClientHello form: whatever there is, is the ticket. */
    public static SessionTicket parse(WireReader body) {
        return new SessionTicket(body.rest());
    }

    /** Reads the ServerHello form, which must be empty. */
    public static SessionTicket parseServerHello(WireReader body) {
        body.requireEnd("session_ticket");
        return empty();
    }

    /** Tells whether there is no ticket inside. */
    public boolean isEmpty() {
        return ticket.length == 0;
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.SESSION_TICKET;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.bytes(ticket);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SessionTicket that && Arrays.equals(ticket, that.ticket);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ticket);
    }

    /** Leaves the ticket out: who has it and its key has the session. */
    @Override
    public String toString() {
        return "SessionTicket[" + ticket.length + " bytes]";
    }
}
