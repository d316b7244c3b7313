package dev.lockstep.testkit.client;

import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.finished;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.Seen.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A whole visit of a scripted client: a handshake of any kind, some data and its echo, and a good end. */
public final class ClientVisit {

    /** Sends what the client has to send, and brings it what comes until the server's turn is over. */
    @FunctionalInterface
    public interface Exchange {
        /** Exchanges bytes. */
        void run(ScriptedClient client) throws Exception;
    }

    private final ScriptedClient client;
    private final Exchange exchange;
    private @Nullable Seen alert;

    /** Creates a visit that has not begun. */
    public ClientVisit(ClientOptions options, Exchange exchange) {
        this.client = new ScriptedClient(options);
        this.exchange = exchange;
    }

    /**
     * Visits.
     *
     * @param identity whose certificate to send where one is asked for
     * @return the alert that ended the visit as {@code level, description}; empty when it went well or simply ended
     */
    public String run(TestIdentity identity) throws Exception {
        client.sends(clientHello());
        List<Kind> answer = sees();
        if (answer.contains(Kind.SERVER_HELLO_DONE)) {
            boolean asked = answer.contains(Kind.CERTIFICATE_REQUEST);
            if (asked) {
                client.sends(ClientAuthMessages.certificate(identity));
            }
            client.sends(clientKeyExchange());
            if (asked) {
                client.sends(ClientAuthMessages.certificateVerify(identity));
            }
        }
        if (answer.contains(Kind.SERVER_HELLO_DONE) || answer.contains(Kind.FINISHED)) {
            client.sends(changeCipherSpec(), finished());
            if (answer.contains(Kind.SERVER_HELLO_DONE)) {
                sees();
            }
        }
        if (alert == null && client.isFinished()) {
            client.sends(applicationData("ping"));
            sees();
            client.sends(closeNotify());
            sees();
        }
        Seen last = alert;
        return last == null ? "" : last.body()[0] + ", " + last.body()[1];
    }

    /** Returns the session, for another visit. */
    public ClientSession session() {
        return client.session();
    }

    /** Returns what the server has echoed. */
    public byte[] echoed() {
        return client.takeReceived();
    }

    private List<Kind> sees() throws Exception {
        exchange.run(client);
        List<Seen> seen = client.takeSeen();
        for (Seen each : seen) {
            if (each.kind() == Kind.ALERT && each.body()[1] != 0) {
                alert = each;
            }
        }
        return seen.stream().map(Seen::kind).toList();
    }
}
