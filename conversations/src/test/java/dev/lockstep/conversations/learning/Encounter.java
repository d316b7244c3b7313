package dev.lockstep.conversations.learning;

import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.Peer;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.ServerDriver;
import dev.lockstep.testkit.client.ClientAuthMessages;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.Suspension;
import dev.lockstep.tls.wait.SuspensionKind;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** One connection on which inputs happen, one after the other, each with what comes of it. */
final class Encounter {

    /** What comes of anything on a connection that is over. */
    static final String OVER = "-";

    private static final int MAX_CALLS = 100;

    /** Where the client answers what it has not seen if it continues: only one record is left waiting there. */
    private static final Set<SuspensionKind> BEFORE_FLIGHT = EnumSet.of(
            SuspensionKind.TICKET_OPENING,
            SuspensionKind.SESSION_LOOKUP,
            SuspensionKind.CREDENTIAL_SELECTION,
            SuspensionKind.SIGN);

    private final Subject subject;
    private final Operations operations;
    private final ScriptedClient client;
    private final ServerDriver driver;
    private final TlsServerConnection tls;
    private final Deque<Integer> waiting = new ArrayDeque<>();
    private byte[] hello = {};
    private boolean renegotiated;

    Encounter(Subject subject, TlsServerConfig config, ClientOptions options, Operations operations) {
        this.subject = subject;
        this.operations = operations;
        this.client = new ScriptedClient(options);
        this.driver = new ServerDriver(config, peer(client), Forms.PLAIN, TlsServerConnection.NETWORK_BUFFER_SIZE);
        this.tls = driver.connection();
    }

    private static Peer peer(ScriptedClient client) {
        return new Peer() {
            @Override
            public List<byte[]> takeRecords() {
                return client.takeRecords();
            }

            @Override
            public boolean hasRecords() {
                return client.hasRecords();
            }

            @Override
            public void receives(byte[] bytes) {
                client.receives(bytes);
            }
        };
    }

    /** Lets it happen, and tells what the client and the application see of it. */
    String happens(Input input) {
        if (tls.isClosed()) {
            return OVER;
        }
        if (input.type() != null) {
            if (isFull()) {
                return "no room " + suffix();
            }
            int before = driver.unreadInput();
            send(input);
            driver.buffersInput();
            waiting.add(driver.unreadInput() - before);
        } else {
            event(input);
        }
        settle();
        StringBuilder seen = new StringBuilder();
        client.takeSeen().forEach(each -> seen.append(each).append(' '));
        seen.append("data ".repeat(driver.takeReceived().length)); // of one byte each
        if (tls.isClosed()) {
            requireClean();
        }
        return (seen + suffix()).strip();
    }

    private String suffix() {
        Suspension suspension = tls.suspension();
        return tls.isClosed() ? "closed" : suspension == null ? "" : "awaits " + suspension.kind();
    }

    private boolean isFull() {
        Suspension suspension = tls.suspension();
        int held = driver.unreadInput();
        while (waiting.stream().mapToInt(Integer::intValue).sum() > held) {
            waiting.remove();
        }
        return suspension != null && waiting.size() >= (BEFORE_FLIGHT.contains(suspension.kind()) ? 1 : 2);
    }

    private void settle() {
        for (int calls = 0; calls < MAX_CALLS; calls++) {
            StepResult result = driver.stepsOnce();
            boolean rests = result == StepResult.NEED_INPUT || result == StepResult.ASYNC_IN_PROGRESS;
            if ((rests && !tls.wantsOutput()) || result == StepResult.CLOSED) {
                return;
            }
        }
        throw new AssertionError("the connection does not settle");
    }

    private void event(Input input) {
        switch (input) {
            case KEY_DONE, KEY_FAILS -> operations.ends(input == Input.KEY_DONE);
            case WAKE_EARLY -> operations.wakes();
            case KEY_LATE -> {
                if (tls.suspension() != null) {
                    subject.clock().advance(Subject.OPERATION);
                }
            }
            case DEADLINE -> subject.clock().advance(Subject.HANDSHAKE);
            case CLOSE -> driver.closes();
            case END_OF_STREAM -> driver.meetsEndOfStream();
            case CLOSE_OUTPUT -> closeOutput();
            case RENEGOTIATE -> {
                if (tls.isEstablished()) {
                    tls.renegotiate();
                }
            }
            default -> throw new IllegalArgumentException(input + " comes from the client");
        }
    }

    private void closeOutput() {
        if (!tls.isEstablished()) {
            return;
        }
        ByteBuffer out = ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE);
        try {
            tls.closeOutput(out);
        } catch (TlsException e) {
            throw new AssertionError("closeOutput failed", e);
        }
        client.receives(Bytes.slice(out.array(), 0, out.position()));
    }

    // ---- what the client sends: the honest message where it has what it takes, and one of that type otherwise

    private void send(Input input) {
        client.fragmentsOf(input.isInParts() ? 7 : 1 << 14);
        switch (input) {
            case CLIENT_HELLO, CLIENT_HELLO_IN_PARTS -> sendHello();
            case CERTIFICATE -> client.sends(ClientAuthMessages.certificate(Subject.CLIENT));
            case NO_CERTIFICATE -> client.sends(ClientAuthMessages.noCertificate());
            case CLIENT_KEY_EXCHANGE, CLIENT_KEY_EXCHANGE_IN_PARTS -> sendKeyExchange();
            case CERTIFICATE_VERIFY -> client.sends(ClientAuthMessages.certificateVerify(Subject.CLIENT));
            case WRONG_PROOF ->
                client.sends(ClientAuthMessages.certificateVerifyOf(
                        ClientAuthMessages.defaultScheme(Subject.CLIENT).code(), new byte[70]));
            case CHANGE_CIPHER_SPEC -> client.sends(ClientMessages.changeCipherSpec());
            case FINISHED, FINISHED_IN_PARTS -> sendFinished(ClientMessages.finished());
            case WRONG_FINISHED -> sendFinished(ClientMessages.finished(proof -> new byte[proof.length]));
            case HELLO_REQUEST -> client.sends(ClientMessages.strayHandshake(0, new byte[0]));
            case SERVER_HELLO -> client.sends(ClientMessages.strayHandshake(2, new byte[38]));
            case NEW_SESSION_TICKET -> client.sends(ClientMessages.strayHandshake(4, new byte[6]));
            case SERVER_KEY_EXCHANGE -> client.sends(ClientMessages.strayHandshake(12, new byte[40]));
            case CERTIFICATE_REQUEST -> client.sends(ClientMessages.strayHandshake(13, new byte[5]));
            case SERVER_HELLO_DONE -> client.sends(ClientMessages.strayHandshake(14, new byte[0]));
            case CERTIFICATE_STATUS -> client.sends(ClientMessages.strayHandshake(22, new byte[5]));
            case UNKNOWN_MESSAGE -> client.sends(ClientMessages.strayHandshake(99, new byte[2]));
            case WARNING -> client.sends(ClientMessages.warningAlert(AlertDescription.USER_CANCELED));
            case FATAL_ALERT -> client.sends(ClientMessages.fatalAlert(AlertDescription.INTERNAL_ERROR));
            case CLOSE_NOTIFY -> client.sends(ClientMessages.closeNotify());
            case DATA -> client.sends(ClientMessages.applicationData(new byte[1]));
            default -> throw new IllegalArgumentException(input + " does not come from the client");
        }
    }

    /** One that begins a handshake changes what the client knows, so only where the server may take it. */
    private void sendHello() {
        boolean again =
                subject.setup().renegotiates() && tls.isEstablished() && !renegotiated && tls.suspension() == null;
        if (hello.length == 0) {
            client.sends(ClientMessages.clientHello(body -> hello = body));
        } else if (again) {
            renegotiated = true;
            client.sends(ClientMessages.renegotiatingClientHello());
        } else {
            client.sends(ClientMessages.strayHandshake(1, hello));
        }
    }

    private void sendKeyExchange() {
        try {
            client.sends(ClientMessages.clientKeyExchange());
        } catch (RuntimeException | AssertionError unable) { // it has not seen what the message takes
            client.sends(ClientMessages.strayHandshake(16, new byte[34]));
        }
    }

    private void sendFinished(ClientMessage finished) {
        client.sends(
                client.masterSecret() == null || client.cipherSuite() == null
                        ? ClientMessages.strayHandshake(20, new byte[12])
                        : finished);
    }

    // ---- the whole of an honest conversation, and its end

    /** A full handshake, with the client's certificate where it is asked for. */
    void completes() {
        List<Input> flight =
                new ArrayList<>(List.of(Input.CLIENT_KEY_EXCHANGE, Input.CHANGE_CIPHER_SPEC, Input.FINISHED));
        if (subject.setup().auth() != Setup.Auth.NONE) {
            flight.add(0, Input.CERTIFICATE);
            flight.add(2, Input.CERTIFICATE_VERIFY);
        }
        flight.add(0, Input.CLIENT_HELLO);
        for (Input input : flight) {
            String seen = happens(input);
            while (tls.suspension() != null) {
                seen = happens(Input.KEY_DONE);
            }
            if (tls.isClosed()) {
                throw new AssertionError(subject.setup() + " fails at " + input + ": " + seen, tls.failure());
            }
        }
    }

    ClientSession session() {
        return client.session();
    }

    /** Closes it, whatever its state. */
    void ends() {
        if (!tls.isClosed()) {
            driver.closes();
            requireClean();
        }
    }

    /** After the end nothing is pending, and no secret is held. */
    private void requireClean() {
        operations.requireOver();
        SecretHunt.assertHandshakeHoldsNone(tls);
        if (tls.suspension() != null || tls.wantsOutput()) {
            throw new AssertionError("the connection is over and wants something");
        }
    }
}
