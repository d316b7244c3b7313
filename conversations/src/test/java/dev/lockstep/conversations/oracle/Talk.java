package dev.lockstep.conversations.oracle;

import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.noCertificate;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.ServerSide;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** One conversation of the recording: the client sends a message, the server goes as far as it can, and so on. */
final class Talk {

    /** Both may ask, as often as they like. */
    static final RenegotiationPolicy RENEGOTIATES =
            RenegotiationPolicy.ALLOWED.withMaxRenegotiations(10).withMinInterval(Duration.ZERO);

    private static final int MAX_CALLS = 500;

    /** How often it asks an operation that does not answer. */
    private static final int MAX_WAITS = 8;

    private final Setup setup;
    private final Journal journal;
    private final OracleServer oracle;
    private final ClientOptions options;
    private final ScriptedClient client;
    private final ServerSide server;
    private final List<Seen.Kind> answer = new ArrayList<>();
    private boolean greeted;
    private Set<SuspensionKind> pauses = Set.of();
    private boolean paused;

    Talk(Setup setup, Sessions sessions, RenegotiationPolicy renegotiation) {
        this.setup = setup;
        this.journal = new Journal(setup.speed() == Setup.Speed.SLOW);
        this.oracle = new OracleServer(setup, journal);
        this.options = ClientOptions.offering(setup.exchange().suite())
                .seed(setup.toString().hashCode());
        if (setup.stapling() == Setup.Stapling.YES) {
            options.statusRequest();
        }
        sessions.offer(setup, options, oracle.sessions());
        Conversation conversation = Conversation.of(oracle.config(renegotiation), options, Forms.PLAIN);
        this.client = conversation.client();
        this.server = conversation.server();
    }

    Journal journal() {
        return journal;
    }

    ClientOptions options() {
        return options;
    }

    OracleServer oracle() {
        return oracle;
    }

    ClientSession session() {
        return client.session();
    }

    boolean isOver() {
        return server.connection().isClosed();
    }

    /** From now on it stops where the server waits for one of these. */
    Talk pausesAt(SuspensionKind... kinds) {
        pauses = Set.of(kinds);
        return this;
    }

    /** Sends something, unless the connection is over or stands still. */
    Talk say(String name, ClientMessage... messages) {
        if (!isOver() && !paused) {
            journal.clientSends(name);
            client.sends(messages);
            settle();
        }
        return this;
    }

    /** It stops nowhere any more. */
    Talk goesOn() {
        paused = false;
        pauses = Set.of();
        return this;
    }

    /** The server's application closes the connection. */
    Talk serverCloses() {
        journal.clientSends("(server closes)");
        server.closes();
        return drained();
    }

    /** The transport has no more input. */
    Talk endsStream() {
        journal.clientSends("(end of stream)");
        server.meetsEndOfStream();
        return isOver() ? this : settle();
    }

    /** The server's application asks for another handshake. */
    Talk serverAsks() {
        journal.clientSends("(server asks)");
        journal.called(String.valueOf(server.connection().renegotiate()));
        return settle();
    }

    /** The server's application has nothing more to send. */
    Talk serverEndsOutput() {
        journal.clientSends("(server ends output)");
        server.closesOutput();
        return drained();
    }

    private Talk drained() {
        journal.serverSent(client.takeSeen());
        journal.settled();
        return this;
    }

    /** Lets the server go on. */
    Talk settle() {
        for (int calls = 0, waits = 0; calls < MAX_CALLS; calls++) {
            StepResult result = server.stepsOnce();
            List<Seen> seen = client.takeSeen();
            seen.forEach(each -> answer.add(each.kind()));
            greeted |= answer.contains(Seen.Kind.SERVER_HELLO);
            journal.serverSent(seen);
            switch (result) {
                case PROGRESSED, NEED_OUTPUT, ESTABLISHED -> {}
                case NEED_INPUT, CLOSED -> {
                    if (result == StepResult.CLOSED || !server.connection().wantsOutput()) {
                        journal.settled();
                        return this;
                    }
                }
                case ASYNC_IN_PROGRESS -> {
                    journal.settled();
                    Suspension suspension = server.connection().suspension();
                    paused = suspension != null && pauses.contains(suspension.kind());
                    if (paused || ++waits > MAX_WAITS) {
                        return this;
                    }
                }
            }
        }
        throw new AssertionError(setup + " does not settle");
    }

    Talk hello() {
        return hello(clientHello());
    }

    Talk helloAgain() {
        return hello(renegotiatingClientHello());
    }

    private Talk hello(ClientMessage hello) {
        answer.clear();
        return say("CH", hello);
    }

    /** The client's answer to the server's first flight, as far as its first messages go. */
    Talk flight(int count) {
        boolean full = answer.contains(Seen.Kind.SERVER_HELLO_DONE);
        if (!full && !answer.contains(Seen.Kind.FINISHED)) {
            return this;
        }
        boolean asked = full && client.certificateRequest() != null;
        boolean shows = asked && setup.auth().name().endsWith("_WITH");
        List<String> names = new ArrayList<>(List.of("CCS", "FIN"));
        List<ClientMessage> sent = new ArrayList<>(List.of(changeCipherSpec(), finished()));
        if (shows) {
            names.add(0, "CV");
            sent.add(0, Oddities.verify(OracleKeys.CLIENT_KEY, messages -> messages));
        }
        if (full) {
            names.add(0, "CKE");
            sent.add(0, clientKeyExchange());
        }
        if (asked) {
            names.add(0, shows ? "CERT" : "NO_CERT");
            sent.add(0, shows ? certificate(List.of(OracleKeys.CLIENT)) : noCertificate());
        }
        for (int i = 0; i < Math.min(count, names.size()); i++) {
            say(names.get(i), sent.get(i));
        }
        return this;
    }

    Talk flight() {
        return flight(5);
    }

    /** Another handshake, which the client begins. */
    Talk renegotiate(boolean sameOffer) {
        if (!sameOffer) {
            options.sessionId(new byte[0]).ticket(null);
        }
        return helloAgain().flight();
    }

    /** A word in each direction, and the end in good order. */
    Talk ends() {
        say("DATA", applicationData("from the client"));
        if (server.connection().isEstablished()) {
            server.sends("from the server");
            drained();
        }
        return say("CLOSE", closeNotify());
    }

    /** The whole of a conversation that the matrix asks for. */
    Talk whole() {
        hello().flight();
        if (setup.again() != Setup.Again.NONE) {
            renegotiate(setup.again() == Setup.Again.SAME_OFFER);
        }
        return ends();
    }

    Outcome outcome() {
        return Outcome.of(journal, server, greeted);
    }
}
