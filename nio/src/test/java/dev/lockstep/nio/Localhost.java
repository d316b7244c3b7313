package dev.lockstep.nio;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A key for servers on this machine, and clients of the JDK that trust its certificate. */
final class Localhost {

    private static final SSLContext TRUSTING;

    static {
        try {
            TRUSTING = JdkClient.contextThatTrusts(TestIdentity.CA.certificate());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Localhost() {}

    /** A key that signs when the test completes the operation. */
    static RecordingKey heldKey() {
        return new RecordingKey(TestIdentity.P256).withoutConnection().signs(KeyScript.manual());
    }

    static SSLContext trusting() {
        return TRUSTING;
    }

    /** A TLS client that has not begun its handshake. */
    static SSLSocket client(int port) throws IOException {
        SSLSocket socket = (SSLSocket) TRUSTING.getSocketFactory().createSocket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true); // the JDK's client sends its flight in pieces, which would wait for each other
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        return socket;
    }

    /** A TLS client over a connection that exists, which has not begun its handshake. */
    static SSLSocket over(Socket tcp) throws IOException {
        SSLSocket socket = (SSLSocket) TRUSTING.getSocketFactory().createSocket(tcp, "localhost", tcp.getPort(), true);
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        return socket;
    }
}
