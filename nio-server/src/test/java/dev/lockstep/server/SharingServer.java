package dev.lockstep.server;

import dev.lockstep.nio.TlsLoop;
import dev.lockstep.server.demo.ThrowawayCa;
import dev.lockstep.server.serve.EchoApplication;
import dev.lockstep.testkit.util.Ports;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.wait.SuspensionKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** One of several servers with the same certificate, which counts its handshakes; and clients that go from one to another. */
public final class SharingServer implements AutoCloseable, ConnectionObserver {

    private static final ThrowawayCa CA;
    private static final KeyPair KEYS;
    private static final Credential CREDENTIAL;

    static {
        try {
            CA = new ThrowawayCa(Instant.now());
            KEYS = CA.ec();
            CREDENTIAL = Credential.local(List.of(CA.issueForLocalhost(KEYS)), KEYS.getPrivate());
        } catch (Exception e) { // boundary: a static initialiser cannot throw checked exceptions
            throw new IllegalStateException(e);
        }
    }

    public final AtomicInteger full = new AtomicInteger();
    public final AtomicInteger resumed = new AtomicInteger();
    public final AtomicInteger failedLookups = new AtomicInteger();
    private final int number;
    private final ServerSocketChannel listener;
    private final TlsLoop loop;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    public SharingServer(UnaryOperator<TlsServerConfigBuilder> sessions) throws IOException {
        this(1, Ports.free(), sessions);
    }

    /** Another server of the same name and port, as far as a client can tell: the JDK's keeps its sessions by both. */
    public static SharingServer beside(SharingServer first, UnaryOperator<TlsServerConfigBuilder> sessions)
            throws IOException {
        return new SharingServer(first.number + 1, first.address().getPort(), sessions);
    }

    private SharingServer(int number, int port, UnaryOperator<TlsServerConfigBuilder> sessions) throws IOException {
        this.number = number;
        TlsServerConfig config = sessions.apply(
                        TlsServerConfig.builder().credential(CREDENTIAL).observer(this))
                .build();
        InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) number});
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(address, port), 64);
        loop = TlsLoop.builder(listener, () -> config, () -> EchoApplication.INSTANCE)
                .build();
        Thread thread = new Thread(this::run, "sharing server");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            loop.run();
            ended.complete(null);
        } catch (Throwable e) { // boundary of the thread: whatever ends the loop is what the test must see
            ended.completeExceptionally(e);
        }
    }

    @Override
    public void onTransition(String from, String event, String to) {
        if (to.equals("CONNECTED") && from.equals("SEND_FINISHED")) {
            full.incrementAndGet();
        } else if (to.equals("CONNECTED") && from.equals("RESUME_READ_FINISHED")) {
            resumed.incrementAndGet();
        }
    }

    @Override
    public void onOperationFailed(SuspensionKind kind, Throwable cause) {
        failedLookups.incrementAndGet();
    }

    /** A client that has no sessions yet. */
    public static SSLContext newClient() throws Exception {
        return TestClients.trusting(CA);
    }

    /** A whole connection: handshake, a word there and back, close_notify. Every server goes by the same name. */
    public void serves(SSLContext client) throws IOException {
        Socket tcp = new Socket(address().getAddress(), address().getPort());
        tcp.setSoTimeout(30_000);
        try (SSLSocket socket =
                (SSLSocket) client.getSocketFactory().createSocket(tcp, "localhost", tcp.getPort(), true)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            OutputStream out = socket.getOutputStream();
            out.write("word".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            InputStream in = socket.getInputStream();
            if (in.readNBytes(4).length != 4) {
                throw new IOException("the echo was cut short");
            }
        }
    }

    private InetSocketAddress address() {
        return (InetSocketAddress) listener.socket().getLocalSocketAddress();
    }

    @Override
    public void close() {
        loop.close();
        ended.orTimeout(30, TimeUnit.SECONDS).join();
    }
}
