package dev.lockstep.server;

import dev.lockstep.server.demo.ThrowawayCa;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** TLS clients of the JDK that trust an authority. */
public final class TestClients {

    static {
        // Newer JDKs refuse the RSA key exchange, which some of these conversations are about. Read once, by their
        // first SSLContext: every test of this module makes its contexts here.
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
    }

    private TestClients() {}

    public static SSLSocket client(SSLContext context, int port) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true); // the JDK's client sends its flight in pieces, which would wait for each other
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        return socket;
    }

    /** A client of a key server's TCP port. */
    public static SSLSocket ofKeyServer(SSLContext context, int port) throws IOException {
        SSLSocket socket = client(context, port);
        socket.setEnabledProtocols(new String[] {"TLSv1.3"});
        return socket;
    }

    /** A client over a connection that exists. */
    public static SSLSocket over(SSLContext context, Socket tcp) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(tcp, "localhost", tcp.getPort(), true);
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        return socket;
    }

    public static SSLContext trusting(ThrowawayCa ca) throws Exception {
        return trusting(ca.certificate());
    }

    public static SSLContext trusting(X509Certificate authority) throws Exception {
        return context(authority, new KeyManager[0]);
    }

    /** Clients that have a certificate of the authority. */
    public static SSLContext certified(ThrowawayCa ca, KeyPair keys) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        X509Certificate[] chain = {ca.issueForLocalhost(keys)};
        store.setKeyEntry("client", keys.getPrivate(), new char[0], chain);
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, new char[0]);
        return context(ca.certificate(), own.getKeyManagers());
    }

    private static SSLContext context(X509Certificate authority, KeyManager[] own) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", authority);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own, trust.getTrustManagers(), null);
        return context;
    }
}
