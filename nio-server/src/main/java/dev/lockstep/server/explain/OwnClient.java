package dev.lockstep.server.explain;

import dev.lockstep.server.demo.ThrowawayCa;
import java.io.IOException;
import java.net.InetAddress;
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
    private final int port;

    /** A client that trusts this authority. */
    OwnClient(Certificate authority, int port) throws GeneralSecurityException, IOException {
        this.context = ThrowawayCa.trusting(authority);
        this.port = port;
    }

    /** Begins a visit. What goes wrong in it, the server sees as well. */
    void visit() {
        Thread thread = new Thread(this::run, "client of lockstep explain");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(LIMIT_MILLIS);
            socket.setEnabledProtocols(PROTOCOLS);
            socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            byte[] ignored = socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            // The server's side of it is printed.
        }
    }
}
