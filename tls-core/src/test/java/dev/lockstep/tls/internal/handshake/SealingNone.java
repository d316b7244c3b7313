package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.Optional;

/** A ticket protector that makes and opens no ticket, with a time limit of its own. */
public record SealingNone(Duration openTimeout) implements TicketProtector {

    @Override
    public byte[] seal(ResumableSession session) {
        return null;
    }

    @Override
    public Start<Optional<OpenedTicket>> start(TicketOpening opening, Waker waker) {
        return Start.fallThrough();
    }
}
