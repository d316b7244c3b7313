package dev.lockstep.tls.internal.handshake.flight;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.internal.handshake.choice.Negotiation;
import dev.lockstep.tls.internal.handshake.choice.RenegotiationRules;
import dev.lockstep.tls.internal.handshake.choice.ResumptionRules;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.Offer;
import dev.lockstep.tls.internal.handshake.phase.RecordLengths;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The abbreviated handshake (RFC 5246 section 7.3, figure 2; RFC 5077 section 3.1): finds the session that the client
 * names, by a ticket or by an id, and continues it with no key, no credential and no certificate.
 */
public final class Resumption {

    private Resumption() {}

    /** Asks the ticket protector to open the client's ticket. */
    public static Start<Optional<OpenedTicket>> askTicket(Handshake handshake, Waker waker, OptionalLong deadlineNanos)
            throws Exception {
        Offer offer = handshake.offer.get();
        return Objects.requireNonNull(handshake.config.tickets(), "the condition of the row")
                .start(new TicketOpening(offer.ticket(), offer.serverName(), deadlineNanos), waker);
    }

    /** Returns whether the session in the ticket is resumed. */
    public static boolean onTicket(Handshake handshake, Optional<OpenedTicket> answer) {
        if (answer.isEmpty()) {
            return false;
        }
        OpenedTicket opened = answer.get();
        handshake.renewsTicket(opened.renew());
        return resumes(handshake, opened.session(), false);
    }

    /** Asks the store for the session of the client's session id. */
    public static Start<Optional<ResumableSession>> askSession(
            Handshake handshake, Waker waker, OptionalLong deadlineNanos) throws Exception {
        Offer offer = handshake.offer.get();
        SessionId id = new SessionId(offer.hello().sessionId());
        return Objects.requireNonNull(handshake.config.sessionStore(), "the condition of the row")
                .start(new SessionLookup(id, offer.serverName(), deadlineNanos), waker);
    }

    /** Returns whether the session that the store has is resumed. */
    public static boolean onSession(Handshake handshake, Optional<ResumableSession> answer) {
        return answer.isPresent() && resumes(handshake, answer.get(), true);
    }

    private static boolean resumes(Handshake handshake, ResumableSession session, boolean byId) {
        handshake.earlierSession.set(session); // from here on destroyed with the handshake, whatever the rules throw
        if (isSpent(handshake, session, byId)) {
            handshake.dropEarlierSession();
            handshake.renewsTicket(false);
            return false;
        }
        Offer offer = handshake.offer.get();
        byte[] encoded = session.pskIdentity();
        PskIdentity identity = encoded == null ? null : PskIdentity.of(encoded);
        if (!ResumptionRules.permit(handshake.config, offer, session, byId)
                || RenegotiationRules.asksForTheClient(handshake, session.clientChain())
                || RenegotiationRules.clientChange(handshake, session.clientChain()) != null
                || RenegotiationRules.identityChange(handshake, identity) != null) {
            handshake.dropEarlierSession();
            handshake.renewsTicket(false);
            return false;
        }
        handshake.client.proven.set(session.clientChain());
        if (identity != null) {
            handshake.keys.pskIdentity.set(identity);
        }
        if (byId) {
            handshake.storedSession.set(new SessionId(offer.hello().sessionId()));
        }
        return true;
    }

    /** A connection destroys the session that it is given. One that is given to a second has no secret any more. */
    private static boolean isSpent(Handshake handshake, ResumableSession session, boolean byId) {
        if (!session.isDestroyed()) {
            return false;
        }
        SuspensionKind kind = byId ? SuspensionKind.SESSION_LOOKUP : SuspensionKind.TICKET_OPENING;
        String what = "a session that was handed out before; hand out a copy";
        handshake.config.observer().onOperationFailed(kind, new OperationException(Reason.INVALID_OUTPUT, what));
        return true;
    }

    /** Fixes the parameters, makes the connection's keys of the old master secret and new randoms, and says so. */
    public static void serverHello(Handshake handshake) {
        TlsServerConfig config = handshake.config;
        Offer offer = handshake.offer.get();
        ResumableSession session = handshake.earlierSession.get();
        Agreement.Builder resumed = Negotiation.resume(config, offer, session, ServerFlight.freshRandom(handshake));
        resumed.recordLengths = RecordLengths.ofResumption(offer.hello(), session.maxFragmentLength());
        resumed.givesTicket = handshake.renewsTicket();
        resumed.sessionCreatedAt = Instant.ofEpochSecond(session.createdAtSeconds());
        Agreement agreement = resumed.build();
        RenegotiationRules.requireNoWeakerProtection(handshake.history, agreement);
        handshake.agreement.set(agreement);
        HashAlgorithm hash = Algorithms.hash(session.cipherSuite().prfHash());
        handshake.transcript.choose(hash);
        Premaster.prepareKeys(handshake, MasterSecret.restore(hash, session.masterSecret()));
        // RFC 5246 7.4.1.3: a session that is resumed keeps its id. RFC 5077 3.4-1, 3.4-2: "If the server accepts the
        // ticket and the Session ID is not empty, then it MUST respond with the same Session ID present in the
        // ClientHello."
        ServerFlight.sendServerHello(handshake, offer.hello().sessionId());
        if (!agreement.givesTicket()) {
            handshake.dropEarlierSession();
        }
    }
}
