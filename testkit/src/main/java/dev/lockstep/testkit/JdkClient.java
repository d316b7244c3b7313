package dev.lockstep.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's TLS client in memory, as the peer of a {@link ServerDriver}: an honest client that shares no code with
 * Lockstep or with this kit. It runs its handshake by itself as far as the bytes allow.
 *
 * <p>Loading this class clears {@code jdk.tls.disabledAlgorithms} for the whole process: newer JDKs refuse the RSA key
 * exchange otherwise. The JDK reads the property once, with its first {@link SSLContext}: tests make theirs here.
 */
public final class JdkClient implements Peer {

    private static final int ROOM = 64 * 1024;

    static {
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
    }

    private final SSLEngine engine;
    private final List<byte[]> records = new ArrayList<>();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final ByteBuffer in = ByteBuffer.allocate(ROOM);
    private @Nullable SSLException failure;
    private boolean finished;

    /** Takes over an engine in client mode that is configured but has not begun. */
    public JdkClient(SSLEngine engine) throws SSLException {
        this.engine = engine;
        engine.beginHandshake();
        moves();
    }

    /**
     * A TLS 1.2 client that trusts every certificate, and checks every signature all the same.
     *
     * @param suites the JDK's names of the cipher suites that it offers
     */
    public static JdkClient trustingAll(String... suites) throws GeneralSecurityException, SSLException {
        return new JdkClient(engine(contextThatTrustsAll(), suites));
    }

    /** A context whose client engines trust every certificate; it keeps their sessions. */
    public static SSLContext contextThatTrustsAll() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAll()}, null);
        return context;
    }

    /** A context whose clients trust what this authority issued, or this certificate itself. */
    public static SSLContext contextThatTrusts(X509Certificate authority) throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("authority", authority);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new GeneralSecurityException("cannot fill a key store in memory", e);
        }
    }

    /** An engine for the constructor; what it offers can still be changed. */
    public static SSLEngine engine(SSLContext context, String... suites) {
        SSLEngine engine = context.createSSLEngine("server.test", 443);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {"TLSv1.2"});
        engine.setEnabledCipherSuites(suites);
        return engine;
    }

    /** The engine, for what it knows of its session. */
    public SSLEngine engine() {
        return engine;
    }

    /** The server's certificate, once the handshake is over. */
    public X509Certificate serverCertificate() throws SSLPeerUnverifiedException {
        return (X509Certificate) engine.getSession().getPeerCertificates()[0];
    }

    /** Makes the next handshake on the same connection a full one, whichever side begins it. */
    public void forgetsSession() {
        engine.getSession().invalidate();
        finished = false;
    }

    /** Begins another full handshake on the same connection. */
    public void renegotiates() throws SSLException {
        forgetsSession();
        engine.beginHandshake();
        moves();
    }

    /** Sends application data, once the handshake is over. */
    public void sends(byte[] content) {
        ByteBuffer left = ByteBuffer.wrap(content);
        try {
            while (left.hasRemaining()) {
                wrap(left);
            }
        } catch (SSLException e) {
            failure = e;
        }
    }

    @Override
    public List<byte[]> takeRecords() {
        List<byte[]> all = List.copyOf(records);
        records.clear();
        return all;
    }

    @Override
    public boolean hasRecords() {
        return !records.isEmpty();
    }

    @Override
    public void receives(byte[] bytes) {
        in.put(bytes);
        moves();
    }

    /** Whether the last handshake is over. */
    public boolean isFinished() {
        return finished;
    }

    /** Why the client has given up, or null. */
    public @Nullable SSLException failure() {
        return failure;
    }

    /** The application data received since this was last asked. */
    public byte[] takeReceived() {
        byte[] all = received.toByteArray();
        received.reset();
        return all;
    }

    private void moves() {
        in.flip();
        try {
            boolean moved = true;
            while (moved) {
                moved = failure == null && move();
            }
        } catch (SSLException e) {
            failure = e;
            saysWhy();
        } finally {
            in.compact();
        }
    }

    private boolean move() throws SSLException {
        switch (engine.getHandshakeStatus()) {
            case NEED_TASK -> {
                engine.getDelegatedTask().run();
                return true;
            }
            case NEED_WRAP -> {
                return wrap(ByteBuffer.allocate(0));
            }
            default -> {
                return !engine.isInboundDone() && unwrap();
            }
        }
    }

    private boolean wrap(ByteBuffer content) throws SSLException {
        ByteBuffer out = ByteBuffer.allocate(ROOM);
        SSLEngineResult result = engine.wrap(content, out);
        note(result);
        if (out.flip().hasRemaining()) {
            byte[] record = new byte[out.remaining()];
            out.get(record);
            records.add(record);
        }
        return result.getStatus() == Status.OK;
    }

    private boolean unwrap() throws SSLException {
        ByteBuffer plain = ByteBuffer.allocate(ROOM);
        SSLEngineResult result = engine.unwrap(in, plain);
        note(result);
        byte[] bytes = new byte[plain.flip().remaining()];
        plain.get(bytes);
        received.writeBytes(bytes);
        return result.bytesConsumed() > 0;
    }

    private void note(SSLEngineResult result) {
        finished |= result.getHandshakeStatus() == HandshakeStatus.FINISHED;
    }

    /** The alert that the engine has ready. */
    private void saysWhy() {
        try {
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && wrap(ByteBuffer.allocate(0))) {
                // one record after the other
            }
        } catch (SSLException ignored) {
            // the first failure counts
        }
    }

    private static final class TrustsAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

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
