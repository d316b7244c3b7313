package dev.lockstep.keys;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A conversation in memory between the JDK's client and a Lockstep server, one byte echoed at the end. The server is
 * stepped again after each wake, or at once where a test polls.
 */
public final class Talk {

    static {
        // Newer JDKs refuse the RSA key exchange, which half of these conversations are about.
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
    }

    private final TlsServerConfig config;
    private final SSLContext context;
    private final SSLEngine client;
    private final TlsServerConnection server;
    private final Signal signal = new Signal();
    private final ByteBuffer toServer = ByteBuffer.allocate(64 * 1024);
    private final ByteBuffer toClient = ByteBuffer.allocate(64 * 1024);
    private final ByteBuffer plain = ByteBuffer.allocate(32 * 1024);
    private boolean polls;
    private boolean closesWhenSuspended;
    private int renegotiations;
    private boolean serverAsks;

    /** How many bytes the server sent in each of its turns that sent any. */
    public final List<Integer> flights = new ArrayList<>();

    public int suspensions;
    public TlsException serverFailure;
    public SSLException clientFailure;
    public boolean echoed;

    private Talk(TlsServerConfig config, String suite, String serverName, SSLContext context) {
        this.config = config;
        this.context = context;
        server = TlsServerConnection.create(config, waiting -> signal.wake());
        client = context.createSSLEngine("server.test", 443);
        client.setUseClientMode(true);
        client.setEnabledProtocols(new String[] {"TLSv1.2"});
        client.setEnabledCipherSuites(suite.split(","));
        if (serverName != null) {
            SSLParameters parameters = client.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(serverName)));
            client.setSSLParameters(parameters);
        }
    }

    public static Talk with(Credential credential, String suite) throws GeneralSecurityException {
        return new Talk(config(credential), suite, null, newContext());
    }

    public static Talk with(TlsServerConfig config, String suite, String serverName) throws GeneralSecurityException {
        return new Talk(config, suite, serverName, newContext());
    }

    private static SSLContext newContext() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAll()}, null);
        return context;
    }

    /** Another connection of the same client, which remembers its sessions, to the same server. */
    public Talk again() {
        return new Talk(config, String.join(",", client.getEnabledCipherSuites()), null, context);
    }

    /** Whether the server continued an earlier session. */
    public boolean resumed() {
        return server.info().resumed();
    }

    public static TlsServerConfig config(Credential... credentials) {
        var builder = TlsServerConfig.builder().policy(dev.lockstep.tls.config.Policy.COMPATIBLE);
        for (Credential credential : credentials) {
            builder.credential(credential);
        }
        return builder.build();
    }

    /** Steps on without waiting for a wake, as the C examples do. */
    public Talk polling() {
        polls = true;
        return this;
    }

    /** Once the byte is echoed there is another full handshake on the connection, and another byte. */
    public Talk renegotiating(boolean asked) {
        renegotiations = 1;
        serverAsks = asked;
        return this;
    }

    private void renegotiate() throws SSLException, InterruptedException {
        renegotiations--;
        sent = false;
        echoed = false;
        client.getSession().invalidate();
        if (!serverAsks) {
            client.beginHandshake();
        } else if (server.renegotiate()) {
            serverTurn();
            client.unwrap(toClient.flip(), plain.clear()); // HelloRequest, before the client has anything to say
            toClient.compact();
        } else {
            throw new AssertionError("the server may not ask for a renegotiation");
        }
        clientTurn();
    }

    /** The server closes the connection as soon as it suspends. */
    public Talk closingWhenSuspended() {
        closesWhenSuspended = true;
        return this;
    }

    /** Talks until the byte is echoed or somebody has given up. */
    public Talk run() throws Exception {
        client.beginHandshake();
        for (int turn = 0; turn < 200; turn++) {
            if (clientFailure == null) {
                clientTurn();
            }
            if (echoed && renegotiations > 0) {
                renegotiate();
            } else if (echoed || clientFailure != null) {
                return this;
            }
            serverTurn();
        }
        throw new AssertionError("the conversation did not come to an end");
    }

    public String peer() throws Exception {
        return ((X509Certificate) client.getSession().getPeerCertificates()[0])
                .getSubjectX500Principal()
                .getName();
    }

    private void clientTurn() {
        toClient.flip();
        try {
            while (clientMoves()) {
                // as long as it does
            }
        } catch (SSLException e) {
            clientFailure = e;
        } finally {
            toClient.compact();
        }
    }

    private boolean clientMoves() throws SSLException {
        HandshakeStatus status = client.getHandshakeStatus();
        switch (status) {
            case NEED_TASK -> {
                for (Runnable task = client.getDelegatedTask(); task != null; task = client.getDelegatedTask()) {
                    task.run();
                }
                return true;
            }
            case NEED_WRAP -> {
                return client.wrap(ByteBuffer.allocate(0), toServer).getStatus() == Status.OK
                        && !client.isOutboundDone();
            }
            case NEED_UNWRAP -> {
                return client.unwrap(toClient, plain.clear()).getStatus() == Status.OK;
            }
            default -> {
                if (client.getSession().getProtocol().equals("NONE") || client.isInboundDone()) {
                    clientFailure = clientFailure == null ? new SSLException("closed early") : clientFailure;
                    return false;
                }
                if (!sent) {
                    sent = true;
                    client.wrap(ByteBuffer.wrap(new byte[] {42}), toServer);
                    return true;
                }
                boolean moved = client.unwrap(toClient, plain.clear()).bytesConsumed() > 0;
                echoed |= plain.position() == 1 && plain.get(0) == 42;
                return moved && !echoed;
            }
        }
    }

    private boolean sent;

    private void serverTurn() throws InterruptedException {
        toServer.flip();
        int before = toClient.position();
        try {
            while (serverMoves()) {
                // as long as it does
            }
        } catch (TlsException e) {
            serverFailure = e;
            server.close(toClient);
        } finally {
            toServer.compact();
            if (toClient.position() > before) {
                flights.add(toClient.position() - before);
            }
        }
    }

    private boolean serverMoves() throws TlsException, InterruptedException {
        if (server.isClosed()) {
            server.close(toClient);
            return false;
        }
        boolean established = server.isEstablished();
        StepResult result = established && !server.wantsOutput() ? read() : server.step(toServer, toClient);
        if (established && result == StepResult.ESTABLISHED) {
            result = read();
        }
        if (result == StepResult.ASYNC_IN_PROGRESS) {
            suspensions++;
            if (closesWhenSuspended) {
                server.close(toClient);
            } else if (!polls) {
                signal.await();
            }
            return true;
        }
        return result == StepResult.PROGRESSED || server.wantsOutput();
    }

    /** What is read is sent back. */
    private StepResult read() throws TlsException {
        StepResult result = server.read(toServer, plain.clear());
        if (result == StepResult.PROGRESSED) {
            server.write(plain.flip(), toClient);
        }
        return result;
    }

    /** Trust is not what is tested here; signatures are checked by the client all the same. */
    private static final class TrustsAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
