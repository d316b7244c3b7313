package dev.lockstep.testkit;

import dev.lockstep.testkit.answer.KeyForm;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * The JDK's client and a server, in memory, for tests of keys and other answers: what matters is whether a handshake
 * succeeds, and how it fails. {@link Conversation} is for tests that look at messages.
 */
public final class JdkConversation {

    private static final Forms WOKEN = new Forms(InputForm.WHOLE, KeyForm.OTHER_THREAD, BufferForm.HEAP);

    private final TlsServerConfig config;
    private final SSLContext context;
    private final Forms forms;
    private final String[] suites;
    private final JdkClient client;
    private final ServerDriver server;
    private boolean echoed;
    private boolean gone;

    private JdkConversation(TlsServerConfig config, SSLContext context, Forms forms, String... suites)
            throws SSLException {
        this.config = config;
        this.context = context;
        this.forms = forms;
        this.suites = suites;
        client = new JdkClient(JdkClient.engine(context, suites));
        server = new ServerDriver(config, client, forms, TlsServerConnection.NETWORK_BUFFER_SIZE);
    }

    /** With a client of this context; a suspended server waits until it is woken. */
    public static JdkConversation of(TlsServerConfig config, SSLContext context, String... suites) throws SSLException {
        return new JdkConversation(config, context, WOKEN, suites);
    }

    /** The same with a client that trusts every certificate. */
    public static JdkConversation of(TlsServerConfig config, String... suites)
            throws GeneralSecurityException, SSLException {
        return of(config, JdkClient.contextThatTrustsAll(), suites);
    }

    /** The same for a server with this credential, everything allowed and this machine's clock. */
    public static JdkConversation of(Credential credential, String... suites)
            throws GeneralSecurityException, SSLException {
        return of(TestServers.live(credential), suites);
    }

    /** A suspended server is polled and does not wait to be woken. */
    public static JdkConversation polling(TlsServerConfig config, String... suites)
            throws GeneralSecurityException, SSLException {
        return new JdkConversation(config, JdkClient.contextThatTrustsAll(), Forms.PLAIN, suites);
    }

    /** The same for a server with this credential, everything allowed and this machine's clock. */
    public static JdkConversation polling(Credential credential, String... suites)
            throws GeneralSecurityException, SSLException {
        return polling(TestServers.live(credential), suites);
    }

    /** Another connection of the same client, which remembers its sessions, to the same server; not yet run. */
    public JdkConversation again() throws SSLException {
        return new JdkConversation(config, context, forms, suites);
    }

    /** Drives the handshake to its end and, if it succeeded, sends a byte to the server and back. */
    public JdkConversation run() {
        server.converse();
        echoed = isDone() && echoes();
        return this;
    }

    private boolean echoes() {
        client.sends(new byte[] {42});
        server.converse();
        server.sends(server.takeReceived());
        byte[] back = client.takeReceived();
        return back.length == 1 && back[0] == 42;
    }

    /** Drives both sides as far as they come without an answer from outside. */
    public JdkConversation advances() {
        server.converseOrSuspend();
        return this;
    }

    /** Drives both sides until the server waits for an answer from outside, and fails if it never does. */
    public JdkConversation suspends() {
        Expect.equal("result", server.converseOrSuspend(), StepResult.ASYNC_IN_PROGRESS);
        return this;
    }

    /** Another full handshake on the connection, which one of the sides asks for, and another byte back and forth. */
    public JdkConversation renegotiates(boolean serverAsks) throws SSLException {
        if (serverAsks) {
            client.forgetsSession();
            Expect.that(server.connection().renegotiate(), "the server may not ask for a renegotiation");
        } else {
            client.renegotiates();
        }
        return run();
    }

    /** The client's socket closes, and the server learns it. */
    public void leaves() {
        gone = true;
        server.meetsEndOfStream();
        server.settleOrSuspend();
    }

    /** The server closes the connection; returns what it sends with that. */
    public byte[] closes() {
        gone = true;
        int before = server.bytesSent().length;
        server.closes();
        byte[] sent = server.bytesSent();
        return Arrays.copyOfRange(sent, before, sent.length);
    }

    /** Whether one of the sides has left, by {@link #leaves} or {@link #closes}. */
    public boolean isGone() {
        return gone;
    }

    /** Whether both sides regard the last handshake as complete. */
    public boolean isDone() {
        return server.connection().isEstablished() && client.isFinished() && client.failure() == null;
    }

    /** Whether the server waits for an answer from outside. */
    public boolean isSuspended() {
        return server.connection().suspension() != null;
    }

    /** Whether the server continued an earlier session. */
    public boolean resumed() {
        return server.connection().info().resumed();
    }

    /** Whether the byte of the last {@link #run} came back. */
    public boolean echoed() {
        return echoed;
    }

    /** Returns the client's side. */
    public JdkClient client() {
        return client;
    }

    /** Returns what drives the server's connection. */
    public ServerDriver server() {
        return server;
    }
}
