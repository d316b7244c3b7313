package dev.lockstep.server.explain;

import dev.lockstep.server.demo.ThrowawayCa;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** The JDK's client, which asks for a page and keeps its session for the next time. Each visit has a thread of its own. */
final class OwnClient {

    private static final int LIMIT_MILLIS = (int) TimeUnit.SECONDS.toMillis(30);
    private static final String[] PROTOCOLS = {"TLSv1.2"};
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

    private final SSLContext context;
    private final InetSocketAddress server;

    /**
     * A client that trusts this authority.
     *
     * @param server where it connects, as the listener says it: "localhost" may be another address
     */
    OwnClient(Certificate authority, InetSocketAddress server) throws GeneralSecurityException, IOException {
        this.context = ThrowawayCa.trusting(authority);
        this.server = server;
    }

    /**
     * Connects, which the listener's queue answers, and begins a visit. What goes wrong in it from then on, the server sees as
     * well.
     *
     * @throws IOException when it does not get a connection: there is nothing to accept then
     */
    void visit() throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        try {
            socket.connect(server, LIMIT_MILLIS);
        } catch (IOException e) {
            socket.close();
            throw new IOException("the program's own client cannot connect: " + e.getMessage(), e);
        }
        Thread thread = new Thread(() -> run(socket), "client of lockstep explain");
        thread.setDaemon(true);
        thread.start();
    }

    private static void run(SSLSocket connected) {
        try (SSLSocket socket = connected) {
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.setEnabledProtocols(PROTOCOLS);
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            byte[] ignored = socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            // The server's side of it is printed.
        }
    }
}
