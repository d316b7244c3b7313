package dev.lockstep.tls.internal.handshake;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.internal.extension.SessionTicket;
import dev.lockstep.tls.internal.message.ClientHello;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.session.OpenedTicket;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionLookup;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketOpening;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.SuspensionKind;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The abbreviated handshake (RFC 5246 section 7.3, figure 2; RFC 5077 section 3.1): finds the session that the client
 * names, by a ticket or by an id, and continues it with no key, no credential and no certificate. Whatever goes wrong
 * while looking for it is a full handshake.
 */
final class Resumption {

    private final @Nullable Wait<Optional<OpenedTicket>> opening;
    private final @Nullable Wait<Optional<ResumableSession>> lookup;
    private @Nullable ResumableSession session;
    private boolean renewTicket;
    private @Nullable PskIdentity pskIdentity;

    private Resumption(
            @Nullable Wait<Optional<OpenedTicket>> opening, @Nullable Wait<Optional<ResumableSession>> lookup) {
        this.opening = opening;
        this.lookup = lookup;
    }

    static State findSession(HandshakeContext context, WireReader none) {
        TlsServerConfig config = context.config();
        ClientHello hello = context.clientHello();
        SessionTicket ticket = hello.extensions().find(SessionTicket.class);
        if (ticket != null && !ticket.isEmpty()) {
            // RFC 5077 3.4-3: "If a ticket is presented by the client, the server MUST NOT attempt to use the Session
            // ID in the ClientHello for stateful session resumption."
            return config.tickets() == null
                    ? State.SELECT_CREDENTIAL
                    : openTicket(context, config.tickets(), ticket.ticket());
        }
        return config.sessionStore() == null || hello.sessionId().length == 0
                ? State.SELECT_CREDENTIAL
                : lookUp(context, config.sessionStore(), new SessionId(hello.sessionId()));
    }

    private static State openTicket(HandshakeContext context, TicketProtector tickets, byte[] ticket) {
        String serverName = CredentialChoice.serverName(context.clientHello());
        Wait<Optional<OpenedTicket>> wait = context.startWait(
                SuspensionKind.TICKET_OPENING,
                timeout(context, tickets.openTimeout()),
                late -> late.ifPresent(opened -> opened.session().destroy()),
                (waker, deadline) -> tickets.start(new TicketOpening(ticket, serverName, deadline), waker));
        context.resumption(new Resumption(wait, null));
        return State.AWAIT_TICKET_OPENING;
    }

    private static State lookUp(HandshakeContext context, SessionStore store, SessionId id) {
        String serverName = CredentialChoice.serverName(context.clientHello());
        Wait<Optional<ResumableSession>> wait = context.startWait(
                SuspensionKind.SESSION_LOOKUP,
                timeout(context, store.lookupTimeout()),
                late -> late.ifPresent(ResumableSession::destroy),
                (waker, deadline) -> store.start(new SessionLookup(id, serverName, deadline), waker));
        context.resumption(new Resumption(null, wait));
        return State.AWAIT_SESSION_LOOKUP;
    }

    /** The shorter one of what the implementation asks for and of what the configuration allows. */
    private static OptionalLong timeout(HandshakeContext context, Duration own) {
        OptionalLong all = context.config().keyOperationTimeoutNanos();
        long nanos = Math.max(0, own.toNanos());
        return OptionalLong.of(all.isPresent() ? Math.min(nanos, all.getAsLong()) : nanos);
    }

    static State onTicketOpened(HandshakeContext context, WireReader none) {
        Resumption resumption = context.resumption();
        OpenedTicket opened = answer(context, resumption.opening);
        if (opened == null) {
            return State.SELECT_CREDENTIAL;
        }
        resumption.renewTicket = opened.renew();
        return resumption.judge(context, opened.session(), false);
    }

    static State onSessionFound(HandshakeContext context, WireReader none) {
        Resumption resumption = context.resumption();
        ResumableSession found = answer(context, resumption.lookup);
        return found == null ? State.SELECT_CREDENTIAL : resumption.judge(context, found, true);
    }

    /** What was found, or null; a failure is told to the observer and to nobody else. */
    private static <T> @Nullable T answer(HandshakeContext context, @Nullable Wait<Optional<T>> wait) {
        if (wait == null) {
            throw new IllegalStateException("nothing was asked for");
        }
        Progress<Optional<T>> answer = wait.answer();
        context.endWait();
        if (answer instanceof Progress.Done<Optional<T>> done) {
            return done.value().orElse(null);
        }
        if (!wait.fellThrough()) {
            ConnectionObserver observer = context.config().observer();
            observer.onOperationFailed(wait.kind(), ((Progress.Failed<Optional<T>>) answer).cause());
        }
        return null;
    }

    private State judge(HandshakeContext context, ResumableSession found, boolean byId) {
        session = found; // from here on cleared with the handshake, whatever the rules throw
        if (!ResumptionRules.permit(context.config(), context.clientHello(), found, byId)
                || !context.client().restore(context, found.clientChain())) {
            wipe();
            return State.SELECT_CREDENTIAL;
        }
        byte[] identity = found.pskIdentity();
        pskIdentity = identity == null ? null : PskIdentity.of(identity);
        if (byId) {
            context.sessionId(new SessionId(context.clientHello().sessionId()));
        }
        return State.RESUME_SERVER_HELLO;
    }

    /** Fixes the parameters, makes the connection's keys of the old master secret and new randoms, and says so. */
    static State sendServerHello(HandshakeContext context, WireReader none) {
        Resumption resumption = context.resumption();
        ResumableSession session = resumption.require();
        byte[] random = new byte[32];
        context.config().random().nextBytes(random);
        NegotiatedParameters negotiated =
                Negotiation.resume(context.config(), context.clientHello(), session, new HelloRandom(random));
        context.negotiated(negotiated);
        context.transcript().choose(Algorithms.hash(session.cipherSuite().prfHash()));
        MasterSecret master =
                MasterSecret.restore(Algorithms.hash(session.cipherSuite().prfHash()), session.masterSecret());
        context.masterSecret(master);
        ConnectionKeys.prepare(context, master);
        // RFC 5246 7.4.1.3: a session that is resumed keeps its id. RFC 5077 3.4-1, 3.4-2: "If the server accepts the
        // ticket and the Session ID is not empty, then it MUST respond with the same Session ID present in the
        // ClientHello."
        byte[] sessionId = context.clientHello().sessionId();
        RecordLengths lengths = RecordLengths.ofResumption(context.clientHello(), session.maxFragmentLength());
        ServerFlight.sendServerHello(context, lengths, sessionId, resumption.renewTicket);
        if (resumption.renewTicket) {
            return State.RESUME_NEW_SESSION_TICKET;
        }
        resumption.wipe();
        return State.RESUME_CHANGE_CIPHER_SPEC;
    }

    /**
     * RFC 5077 3.3-1, 3.3-5: "The server MUST NOT assume that the client actually received the updated ticket until it
     * successfully verifies the client's Finished message." Nothing is assumed: the ticket before it opens as it did.
     */
    static void sendNewSessionTicket(HandshakeContext context, WireReader none) {
        Resumption resumption = context.resumption();
        NewSession.sendTicket(context, resumption.require());
        resumption.wipe();
    }

    /** Clears the session's secret, here and only here still held. */
    void wipe() {
        if (session != null) {
            session.destroy();
            session = null;
        }
    }

    /** Whose pre-shared key the session began with, or null. */
    @Nullable
    PskIdentity pskIdentity() {
        return pskIdentity;
    }

    boolean holdsSecrets() {
        return session != null;
    }

    private ResumableSession require() {
        if (session == null) {
            throw new IllegalStateException("no session to resume");
        }
        return session;
    }
}
