package dev.lockstep.tls.internal.handshake;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.extension.SessionTicket;
import dev.lockstep.tls.internal.message.NewSessionTicket;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.wait.SuspensionKind;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the session that a full handshake makes: the client takes it along as a ticket, or the store keeps it
 * under an id, or it ends with its connection. Decided with ServerHello, done when both sides have finished.
 */
final class NewSession {

    private static final byte[] NO_ID = {};

    private final boolean ticket;
    private final @Nullable SessionId id;
    private final RecordLengths lengths;

    private NewSession(boolean ticket, @Nullable SessionId id, RecordLengths lengths) {
        this.ticket = ticket;
        this.id = id;
        this.lengths = lengths;
    }

    /** Decides before ServerHello is sent. */
    static NewSession plan(HandshakeContext context, RecordLengths lengths) {
        TlsServerConfig config = context.config();
        // RFC 5077 3.2-4, 3.3-2: "The server MUST NOT send this extension if it does not receive one in the
        // ClientHello."
        if (config.tickets() != null && context.clientHello().extensions().has(SessionTicket.class)) {
            return new NewSession(true, null, lengths);
        }
        if (config.sessionStore() == null) {
            return new NewSession(false, null, lengths);
        }
        // RFC 5246 7.4.1.2-1: "servers MUST NOT place confidential information in session identifiers or let the
        // contents of fake session identifiers cause any breach of security." They are random, and looked up as a
        // whole.
        byte[] fresh = new byte[SessionId.MAX_LENGTH];
        config.random().nextBytes(fresh);
        return new NewSession(false, new SessionId(fresh), lengths);
    }

    /** Whether ServerHello announces a NewSessionTicket. */
    boolean ticket() {
        return ticket;
    }

    /**
     * The session_id of ServerHello. RFC 5246 7.4.1.3: "The server may return an empty session_id to indicate that the
     * session will not be cached and therefore cannot be resumed." RFC 5077 3.4: with a ticket to come "it SHOULD include
     * an empty Session ID in the ServerHello."
     */
    byte[] sessionId() {
        return id == null ? NO_ID : id.bytes();
    }

    static void sendNewSessionTicket(HandshakeContext context, WireReader none) {
        ResumableSession session = context.newSession().session(context);
        try {
            sendTicket(context, session);
        } finally {
            session.destroy();
        }
    }

    /**
     * Sends a ticket of {@code session}. RFC 5077 3.3: a server that finds that it has none after all "sends a zero-length
     * ticket in the NewSessionTicket handshake message."
     */
    static void sendTicket(HandshakeContext context, ResumableSession session) {
        TlsServerConfig config = context.config();
        byte[] ticket = seal(config, session);
        long age = config.wallClock().instant().getEpochSecond() - session.createdAtSeconds();
        long left = Math.max(1, config.sessionLifetimeSeconds() - Math.max(0, age));
        context.send(new NewSessionTicket(ticket.length == 0 ? 0 : left, ticket).encode());
    }

    private static byte[] seal(TlsServerConfig config, ResumableSession session) {
        TicketProtector tickets = config.tickets();
        // A session that somebody in between may share must not vouch for a client's certificate (RFC 7627 section 1).
        if (tickets == null || !mayVouch(session)) {
            return NO_ID;
        }
        byte @Nullable [] ticket = null;
        try {
            ticket = tickets.seal(session);
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            // The boundary to foreign code: no ticket is no reason to end a good connection.
            config.observer().onOperationFailed(SuspensionKind.TICKET_OPENING, e);
        }
        return ticket == null || ticket.length > 0xffff ? NO_ID : ticket;
    }

    /** Both sides have finished: the session may be kept from now on. */
    void keep(HandshakeContext context) {
        SessionStore store = context.config().sessionStore();
        if (id == null || store == null) {
            return;
        }
        ResumableSession session = session(context);
        try {
            if (mayVouch(session)) {
                context.sessionId(id);
                store.put(id, session);
            }
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            // The boundary to foreign code: a session that is not kept costs a full handshake later.
            context.config().observer().onOperationFailed(SuspensionKind.SESSION_LOOKUP, e);
        } finally {
            session.destroy();
        }
    }

    /** RFC 5246 7.2-1, 7.2.2-2: after a fatal alert "the session identifier MUST be invalidated". Tickets cannot be. */
    static void forget(TlsServerConfig config, @Nullable SessionId id) {
        SessionStore store = config.sessionStore();
        if (id == null || store == null) {
            return;
        }
        try {
            store.remove(id);
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError e) {
            // The boundary to foreign code, at the end of a connection that must end all the same.
            config.observer().onOperationFailed(SuspensionKind.SESSION_LOOKUP, e);
        }
    }

    private static boolean mayVouch(ResumableSession session) {
        return session.extendedMasterSecret() || session.clientChain().isEmpty();
    }

    private ResumableSession session(HandshakeContext context) {
        NegotiatedParameters negotiated = context.negotiated();
        TlsServerConfig config = context.config();
        PskIdentity identity = context.pskIdentity();
        byte[] secret = context.masterSecret().copyOfBytes();
        try {
            return ResumableSession.builder(
                            negotiated.cipherSuite(),
                            secret,
                            Math.max(0, config.wallClock().instant().getEpochSecond()))
                    .extendedMasterSecret(negotiated.extendedMasterSecret())
                    .encryptThenMac(negotiated.encryptThenMac())
                    .maxFragmentLength(lengths.fragmentLengthCode())
                    .serverName(negotiated.serverName())
                    .clientChain(context.client().proven())
                    .pskIdentity(identity == null ? null : identity.bytes())
                    .context(SessionBinding.of(config, negotiated.serverName()))
                    .build();
        } finally {
            Wipe.bytes(secret);
        }
    }
}
