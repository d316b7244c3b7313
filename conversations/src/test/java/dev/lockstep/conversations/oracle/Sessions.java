package dev.lockstep.conversations.oracle;

import dev.lockstep.conversations.oracle.Setup.Issue;
import dev.lockstep.conversations.oracle.Setup.Session;
import dev.lockstep.conversations.oracle.Setup.Ticket;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.session.ResumableSession;
import dev.lockstep.tls.session.SessionId;
import java.util.HashMap;
import java.util.Map;

/** Sessions of earlier handshakes, made once for each kind of server. */
final class Sessions {

    private record Made(ClientSession client, Map<SessionId, ResumableSession> kept) {}

    private final Map<Setup, Made> made = new HashMap<>();

    /** Lets a client offer what the setup says, and the server know what it should. */
    void offer(Setup setup, ClientOptions options, Map<SessionId, ResumableSession> kept) {
        Setup earlier = Setup.plain(setup.exchange()).with(setup.auth());
        switch (setup.ticket()) {
            case NONE -> {}
            case EMPTY -> options.wantingTicket();
            case VALID -> options.resumingByTicket(ticket(earlier));
            case FORGED -> {
                ClientSession session = ticket(earlier);
                options.resumingByTicket(session.withTicket(Bytes.flipped(session.ticket(), -1)));
            }
        }
        switch (setup.session()) {
            case NONE, STORE -> {}
            case UNKNOWN -> options.sessionId(Bytes.ascending(32));
            case KNOWN -> {
                Made session = made.computeIfAbsent(earlier.with(Session.STORE), Sessions::make);
                session.kept().forEach((id, each) -> kept.put(id, each.copy()));
                boolean byTicket = setup.ticket().compareTo(Ticket.VALID) >= 0;
                if (byTicket) {
                    options.sessionId(session.client().id());
                } else {
                    options.resumingById(session.client());
                }
            }
        }
    }

    private ClientSession ticket(Setup earlier) {
        return made.computeIfAbsent(earlier.with(Ticket.EMPTY, Issue.YES), Sessions::make)
                .client();
    }

    private static Made make(Setup setup) {
        Talk talk = new Talk(setup, new Sessions(), Talk.RENEGOTIATES);
        talk.hello().flight();
        ClientSession session = talk.isOver() ? nothing(setup) : talk.session();
        return new Made(session, talk.oracle().sessions());
    }

    /** For a client that no session was made with: it invents one. */
    private static ClientSession nothing(Setup setup) {
        return new ClientSession(
                Bytes.ascending(32), new byte[80], 0, setup.exchange().suite(), new byte[48], true);
    }
}
