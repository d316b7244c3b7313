package dev.lockstep.keys.compose;

import dev.lockstep.tls.credential.CredentialRequest;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.peer.VerificationRequest;
import dev.lockstep.tls.psk.PskRequest;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.TicketOpening;
import java.util.OptionalLong;

/**
 * Copies of the SPI's questions that carry the earlier of two deadlines: the question's own and the one given, in
 * nanoseconds of the connections' clock. {@link DeadlineAsk} takes {@code Deadlines::limit} for each of them, so that a
 * remote call can pass its deadline on.
 */
public final class Deadlines {

    private Deadlines() {}

    /** Returns the signature to be made before {@code deadlineNanos}. */
    public static SignRequest limit(SignRequest request, long deadlineNanos) {
        return request.withDeadlineNanos(earlier(deadlineNanos, request.deadlineNanos()));
    }

    /** Returns the decryption to be made before {@code deadlineNanos}. */
    public static DecryptRequest limit(DecryptRequest request, long deadlineNanos) {
        return new DecryptRequest(
                request.ciphertext(),
                request.chain(),
                request.serverName(),
                earlier(deadlineNanos, request.deadlineNanos()),
                request.clientAddress());
    }

    /** Returns the session look-up to be answered before {@code deadlineNanos}. */
    public static SessionLookup limit(SessionLookup lookup, long deadlineNanos) {
        return new SessionLookup(lookup.id(), lookup.serverName(), earlier(deadlineNanos, lookup.deadlineNanos()));
    }

    /** Returns the ticket to be opened before {@code deadlineNanos}. */
    public static TicketOpening limit(TicketOpening opening, long deadlineNanos) {
        return new TicketOpening(
                opening.ticket(), opening.serverName(), earlier(deadlineNanos, opening.deadlineNanos()));
    }

    /** Returns the identity whose key is wanted before {@code deadlineNanos}. */
    public static PskRequest limit(PskRequest request, long deadlineNanos) {
        return new PskRequest(
                request.identity(), request.serverName(), earlier(deadlineNanos, request.deadlineNanos()));
    }

    /** Returns the chain to be verified before {@code deadlineNanos}. */
    public static VerificationRequest limit(VerificationRequest request, long deadlineNanos) {
        return new VerificationRequest(
                request.chain(),
                request.serverName(),
                earlier(deadlineNanos, request.deadlineNanos()),
                request.clientAddress());
    }

    /** Returns the offer for which credentials are to be chosen before {@code deadlineNanos}. */
    public static CredentialRequest limit(CredentialRequest request, long deadlineNanos) {
        return request.withDeadlineNanos(earlier(deadlineNanos, request.deadlineNanos()));
    }

    /** Nanosecond clocks wrap: only differences can be compared. */
    private static OptionalLong earlier(long own, OptionalLong connection) {
        return connection.isPresent() && connection.getAsLong() - own < 0 ? connection : OptionalLong.of(own);
    }
}
