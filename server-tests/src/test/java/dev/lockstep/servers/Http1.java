package dev.lockstep.servers;

import dev.lockstep.testkit.JdkClient;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** The JDK's TLS client with a request of HTTP/1.1. */
final class Http1 {

    private Http1() {}

    /**
     * Gets {@code /} over a socket, which is closed afterwards.
     *
     * @return the body of the answer
     */
    static String get(Socket socket, X509Certificate authority) throws IOException, GeneralSecurityException {
        return get(socket, JdkClient.contextThatTrusts(authority));
    }

    /** The same with a context, which keeps the session. */
    static String get(Socket socket, SSLContext trusting) throws IOException {
        try (SSLSocket client =
                (SSLSocket) trusting.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true)) {
            client.setSoTimeout(60_000);
            client.setEnabledProtocols(new String[] {"TLSv1.2"});
            client.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            StringBuilder answer = new StringBuilder();
            byte[] some = new byte[4096];
            while (answer.indexOf(RunningServer.PAGE) < 0) {
                int n = client.getInputStream().read(some);
                if (n < 0) {
                    break;
                }
                answer.append(new String(some, 0, n, StandardCharsets.US_ASCII));
            }
            if (!answer.toString().startsWith("HTTP/1.1 200")) {
                throw new IOException("the answer is '" + answer + "'");
            }
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }
}
