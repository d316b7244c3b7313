package dev.lockstep.server;

import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.server.serve.EchoApplication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A loop on a thread of its own, with a held key, and clients that trust it. */
public final class TestLoop implements AutoCloseable {

    private static final ThrowawayCa CA;
    private static final KeyPair KEYS;
    private static final SSLContext TRUSTING;

    static {
        // Newer JDKs refuse the RSA key exchange, which some of these conversations are about. Read once, by their
        // first
        // SSLContext: every test of this module makes its contexts here.
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
        try {
            CA = new ThrowawayCa(Instant.now());
            KEYS = CA.ec();
            TRUSTING = trusting(CA);
        } catch (Exception e) { // boundary: a static initialiser cannot throw checked exceptions
            throw new IllegalStateException(e);
        }
    }

    public final HeldKey key = new HeldKey(KEYS.getPrivate());
    public final EventLoop loop;
    private final StringWriter traced = new StringWriter();
    private final ServerSocketChannel listener;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    public TestLoop(Limits limits, Function<EventLoop[], Supplier<Application>> applications) throws Exception {
        Trace trace = new Trace(new PrintWriter(traced, true), Trace.Detail.ALL);
        TlsServerConfig config = TlsServerConfig.builder()
                .credential(Credential.external(List.of(CA.issueForLocalhost(KEYS)), key.key()))
                .observer(trace)
                .build();
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        EventLoop[] self = new EventLoop[1];
        loop = new EventLoop(listener, () -> config, applications.apply(self), limits, trace);
        self[0] = loop;
        Thread thread = new Thread(this::run, "loop under test");
        thread.setDaemon(true);
        thread.start();
    }

    public static TestLoop echo(Limits limits) throws Exception {
        return new TestLoop(limits, self -> () -> EchoApplication.INSTANCE);
    }

    private void run() {
        try {
            loop.run();
            ended.complete(null);
        } catch (Throwable e) { // boundary of the thread: whatever ends the loop is what the test must see
            ended.completeExceptionally(e);
        }
    }

    public int port() {
        return ((InetSocketAddress) listener.socket().getLocalSocketAddress()).getPort();
    }

    public String trace() {
        return traced.toString();
    }

    public boolean runs() {
        return !ended.isDone();
    }

    /** A TCP connection without TLS. */
    public Socket tcp() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** A TLS client that has not begun its handshake. */
    public SSLSocket client() throws IOException {
        return client(TRUSTING, port());
    }

    public static SSLSocket client(SSLContext context, int port) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true); // the JDK's client sends its flight in pieces, which would wait for each other
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

    /** Stops the loop; fails if something else has ended it. */
    @Override
    public void close() {
        loop.close();
        ended.orTimeout(30, TimeUnit.SECONDS).join();
    }
}
