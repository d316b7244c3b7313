package dev.lockstep.tls.internal.handshake.flight;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.choice.SessionBinding;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.Once;
import dev.lockstep.tls.internal.message.NewSessionTicket;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.List;

/** What becomes of a session: a ticket for the client, an entry of the store, or neither; and its end. */
public final class SessionKeeping {

    private static final byte[] NO_TICKET = {};

    private SessionKeeping() {}

    /**
     * Sends a ticket of the session. RFC 5077 3.3: a server that finds that it has none after all "sends a zero-length
     * ticket in the NewSessionTicket handshake message."
     */
    static void sendTicket(Handshake handshake) {
        TlsServerConfig config = handshake.config;
        byte[] ticket = seal(handshake);
        handshake.dropEarlierSession();
        long createdAt = handshake.agreement.get().sessionCreatedAt().getEpochSecond();
        long age = config.wallClock().instant().getEpochSecond() - createdAt;
        long left = Math.max(1, config.sessionLifetimeSeconds() - Math.max(0, age));
        handshake.send(new NewSessionTicket(ticket.length == 0 ? 0 : left, ticket).encode());
    }

    /** Both sides have finished a full handshake: its session is kept from now on, where that was planned. */
    static void keep(Handshake handshake) {
        SessionId id = handshake.agreement.get().newSession();
        SessionStore store = handshake.config.sessionStore();
        if (id == null || store == null) {
            return;
        }
        guarded(handshake.config, SuspensionKind.SESSION_LOOKUP, () -> {
            ResumableSession session = session(handshake);
            try {
                if (mayVouch(session)) {
                    handshake.storedSession.set(id);
                    store.put(id, session);
                }
            } finally {
                session.destroy();
            }
        });
    }

    /** RFC 5246 7.2-1, 7.2.2-2: after a fatal alert "the session identifier MUST be invalidated". Tickets cannot be. */
    public static void forget(TlsServerConfig config, SessionId id) {
        SessionStore store = config.sessionStore();
        if (store != null) {
            guarded(config, SuspensionKind.SESSION_LOOKUP, () -> store.remove(id));
        }
    }

    private static byte[] seal(Handshake handshake) {
        TicketProtector tickets = handshake.config.tickets();
        if (tickets == null) {
            return NO_TICKET;
        }
        Once<byte[]> sealed = new Once<>();
        guarded(handshake.config, SuspensionKind.TICKET_OPENING, () -> {
            ResumableSession earlier = handshake.earlierSession.orNull();
            ResumableSession session = earlier != null ? earlier : session(handshake);
            try {
                // A session that an attacker in between may share must not vouch for a client (RFC 7627 1).
                byte[] ticket = mayVouch(session) ? tickets.seal(session) : NO_TICKET;
                if (ticket != null && ticket.length <= 0xffff) {
                    sealed.set(ticket);
                }
            } finally {
                session.destroy();
            }
        });
        return sealed.orElse(NO_TICKET);
    }

    /**
     * The boundary to foreign code, which keeps sessions and says what they are bound to: a session that is not kept is no reason
     * to end a connection, nor to keep it. Not every language declares its checked exceptions.
     */
    private static void guarded(TlsServerConfig config, SuspensionKind kind, Runnable call) {
        try {
            call.run();
        } catch (Exception | Error e) {
            config.observer().onOperationFailed(kind, e);
        }
    }

    private static boolean mayVouch(ResumableSession session) {
        return session.extendedMasterSecret() || session.clientChain().isEmpty();
    }

    private static ResumableSession session(Handshake handshake) {
        Agreement agreement = handshake.agreement.get();
        TlsServerConfig config = handshake.config;
        PskIdentity identity = handshake.keys.pskIdentity.orNull();
        byte[] context = identity == null
                ? SessionBinding.of(config, agreement.serverName())
                : SessionBinding.withPreSharedKey(config, agreement.serverName());
        byte[] secret = handshake.keys.master.get().copyOfBytes();
        try {
            return ResumableSession.builder(
                            agreement.cipherSuite(),
                            secret,
                            Math.max(0, agreement.sessionCreatedAt().getEpochSecond()))
                    .extendedMasterSecret(agreement.extendedMasterSecret())
                    .encryptThenMac(agreement.encryptThenMac())
                    .maxFragmentLength(agreement.recordLengths().fragmentLengthCode())
                    .serverName(agreement.serverName())
                    .clientChain(handshake.client.proven.orElse(List.of()))
                    .pskIdentity(identity == null ? null : identity.bytes())
                    .context(context)
                    .build();
        } finally {
            Wipe.bytes(secret);
        }
    }
}
