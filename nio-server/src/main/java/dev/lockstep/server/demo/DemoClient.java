package dev.lockstep.server.demo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** The JDK's TLS client: a full handshake and one request each time. For all threads. */
final class DemoClient implements DemoBurst.Client {

    private static final int LIMIT_MILLIS = 20_000;
    private static final byte[] LOCALHOST = {127, 0, 0, 1};
    private static final byte[] REQUEST =
            "GET /connection HTTP/1.0\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Both keys of the demo have work to do. */
    private static final String[] SUITES = {
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
    };

    private final Certificate authority;
    private final int port;
    private final Set<Integer> ports = ConcurrentHashMap.newKeySet();

    /** @param port of the demo on this machine */
    DemoClient(Certificate authority, int port) {
        this.authority = authority;
        this.port = port;
    }

    /** Returns whether a client at this port is one of these. */
    boolean isFrom(int clientPort) {
        return ports.contains(clientPort);
    }

    @Override
    public void visit(int number) throws GeneralSecurityException, IOException {
        try (Socket plain = new Socket()) {
            plain.bind(new InetSocketAddress(InetAddress.getByAddress(LOCALHOST), 0));
            int own = plain.getLocalPort();
            ports.add(own); // before the server can see it
            try {
                plain.setSoTimeout(LIMIT_MILLIS);
                plain.connect(new InetSocketAddress(plain.getLocalAddress(), port), LIMIT_MILLIS);
                talk(plain, SUITES[number % SUITES.length]);
            } finally {
                ports.remove(own);
            }
        }
    }

    private void talk(Socket plain, String suite) throws GeneralSecurityException, IOException {
        try (SSLSocket tls = (SSLSocket) withoutSessions().createSocket(plain, "localhost", port, false)) {
            tls.setEnabledProtocols(new String[] {"TLSv1.2"});
            tls.setEnabledCipherSuites(new String[] {suite});
            tls.startHandshake();
            tls.getOutputStream().write(REQUEST);
            try (InputStream in = tls.getInputStream()) {
                byte[] answer = in.readNBytes(64 * 1024);
                if (!new String(answer, StandardCharsets.US_ASCII).startsWith("HTTP/1.1 200 ")) {
                    throw new IOException("another answer than the one expected");
                }
            }
        }
    }

    /** A context of its own has no earlier session to resume: the key is needed each time. */
    private SSLSocketFactory withoutSessions() throws GeneralSecurityException, IOException {
        return ThrowawayCa.trusting(authority).getSocketFactory();
    }
}
