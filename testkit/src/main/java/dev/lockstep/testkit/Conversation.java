package dev.lockstep.testkit;

import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;

import dev.lockstep.testkit.answer.StepMark;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSuite;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A scripted client and a server, in memory. Reads like the figures of RFC 5246 section 7.3. */
public final class Conversation {

    private final ScriptedClient client;
    private final ServerSide server;

    private Conversation(ScriptedClient client, ServerSide server) {
        this.client = client;
        this.server = server;
    }

    /** Returns a conversation that has not begun, between a client with these options and a server with this configuration. */
    public static Conversation of(TlsServerConfig config, ClientOptions options, Forms forms) {
        return of(config, options, forms, TlsServerConnection.NETWORK_BUFFER_SIZE);
    }

    /** With an output buffer of another capacity. */
    public static Conversation of(TlsServerConfig config, ClientOptions options, Forms forms, int netOutCapacity) {
        ScriptedClient client = new ScriptedClient(options);
        if (forms.input() == InputForm.COALESCED) {
            client.packHandshakeMessages();
        }
        return new Conversation(
                client, new ServerSide(new ServerDriver(config, peer(client), forms, netOutCapacity), client));
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

    /** A call of a connection that a test drives itself. */
    @FunctionalInterface
    public interface Call {
        /** Makes the call. */
        void run() throws TlsException;
    }

    /** Lets scripted keys know that they are called from within a step. */
    public static void markedStep(Call call) throws TlsException {
        StepMark.enter();
        try {
            call.run();
        } finally {
            StepMark.leave();
        }
    }

    /** Returns the client's side. */
    public ScriptedClient client() {
        return client;
    }

    /** Returns the server's side. */
    public ServerSide server() {
        return server;
    }

    /** Everything up to the client's Finished, without a look at the answers. */
    public Conversation clientHelloAndAnswer() {
        client.sends(clientHello());
        server.settle();
        client.takeSeen();
        return this;
    }

    /** The client's second flight: ClientKeyExchange, ChangeCipherSpec, Finished. */
    public Conversation secondFlight() {
        client.sends(clientKeyExchange(), changeCipherSpec(), finished());
        return this;
    }

    /** A whole handshake, and a word in each direction. */
    public Conversation completes() {
        client.sends(clientHello());
        server.answers(firstAnswer());
        secondFlight();
        server.answers(Seen.Kind.CHANGE_CIPHER_SPEC, Seen.Kind.FINISHED);
        return exchangesData();
    }

    /** What comes back to a ClientHello; depends on the suite, so call it only once that is known. */
    private Seen.Kind[] firstAnswer() {
        server.settle();
        if (client.cipherSuite() == null) {
            return rsaAnswer();
        }
        ClientSuite suite = ClientSuite.of(client.cipherSuite());
        List<Seen.Kind> answer = new ArrayList<>(List.of(Seen.Kind.SERVER_HELLO));
        if (suite.hasCertificate()) {
            answer.add(Seen.Kind.CERTIFICATE);
        }
        if (suite.isEphemeral() || client.identityHint() != null) {
            answer.add(Seen.Kind.SERVER_KEY_EXCHANGE);
        }
        answer.add(Seen.Kind.SERVER_HELLO_DONE);
        return answer.toArray(Seen.Kind[]::new);
    }

    /** The server's first flight with ephemeral keys. */
    public static Seen.Kind[] fullAnswer() {
        return new Seen.Kind[] {
            Seen.Kind.SERVER_HELLO, Seen.Kind.CERTIFICATE, Seen.Kind.SERVER_KEY_EXCHANGE, Seen.Kind.SERVER_HELLO_DONE
        };
    }

    /** The server's first flight with the RSA key exchange. */
    public static Seen.Kind[] rsaAnswer() {
        return new Seen.Kind[] {Seen.Kind.SERVER_HELLO, Seen.Kind.CERTIFICATE, Seen.Kind.SERVER_HELLO_DONE};
    }

    /** A word in each direction. */
    public Conversation exchangesData() {
        client.sends(ClientMessages.applicationData("from the client"));
        server.answers();
        server.hasReceived("from the client");
        server.sends("from the server");
        server.hasSent(Seen.Kind.APPLICATION_DATA);
        Expect.equal(
                "the client received", new String(client.takeReceived(), StandardCharsets.UTF_8), "from the server");
        return this;
    }
}
