package dev.lockstep.tls.session;

import java.util.Objects;

/**
 * The content of a ticket.
 *
 * @param session owned by the connection from now on, which destroys it
 * @param renew whether the client should get a new ticket, because this one's key is being retired
 */
public record OpenedTicket(ResumableSession session, boolean renew) {

    public OpenedTicket {
        Objects.requireNonNull(session, "session");
    }
}
