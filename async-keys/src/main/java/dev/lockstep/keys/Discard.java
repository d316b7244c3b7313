package dev.lockstep.keys;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import java.util.Optional;

/**
 * Clears answers that arrive too late: one method for each secret that the SPI can yield, to be passed to
 * {@link ExecutorAsk} and {@link FutureAsk} as a method reference. Thread-safe.
 */
public final class Discard {

    private Discard() {}

    /** Does nothing: for answers that hold no secret, such as verdicts and credentials. */
    public static void nothing(Object answer) {}

    /** Overwrites a premaster secret with zeros, or a signature. */
    public static void bytes(byte[] answer) {
        Wipe.bytes(answer);
    }

    /** Overwrites a pre-shared key with zeros, if there is one. */
    public static void psk(Optional<byte[]> answer) {
        answer.ifPresent(Discard::bytes);
    }

    /** Destroys a session, if there is one. */
    public static void session(Optional<ResumableSession> answer) {
        answer.ifPresent(ResumableSession::destroy);
    }

    /** Destroys the session of a ticket, if there is one. */
    public static void ticket(Optional<OpenedTicket> answer) {
        answer.ifPresent(ticket -> ticket.session().destroy());
    }
}
