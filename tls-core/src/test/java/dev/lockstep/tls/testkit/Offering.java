package dev.lockstep.tls.testkit;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.wait.SuspensionKind;

/** The two ways in which a client offers a session again. */
public enum Offering {
    BY_ID(SuspensionKind.SESSION_LOOKUP),
    BY_TICKET(SuspensionKind.TICKET_OPENING);

    private final SuspensionKind kind;

    Offering(SuspensionKind kind) {
        this.kind = kind;
    }

    /** What a server waits for that looks for the session. */
    public SuspensionKind kind() {
        return kind;
    }

    /** A session made by a full handshake, fit to be offered in this way. */
    public ClientSession session(TlsServerConfig config, ClientOptions options) {
        return this == BY_ID ? SessionFixture.byId(config, options) : SessionFixture.byTicket(config, options);
    }

    /** Adds the offer of a session. */
    public ClientOptions offering(ClientOptions options, ClientSession session) {
        return this == BY_ID ? options.resumingById(session) : options.resumingByTicket(session);
    }

    /** Adds the offer of a session that nobody has. */
    public ClientOptions offeringUnknown(ClientOptions options) {
        return this == BY_ID ? options.sessionId(new byte[32]) : options.ticket(new byte[80]);
    }

    /** The operations of a server that looks for such a session. */
    public ScriptedAnswers<?> answers(SessionFixture sessions) {
        return this == BY_ID ? sessions.store().answers() : sessions.tickets().answers();
    }
}
