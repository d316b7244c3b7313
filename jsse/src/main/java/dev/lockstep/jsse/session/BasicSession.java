package dev.lockstep.jsse.session;

import dev.lockstep.tls.TlsServerConnection;
import java.security.Principal;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * What all sessions have in common: this is the session of a connection on which nothing was negotiated yet. Its getters
 * never throw, but for those of the peer, which say that there is none. Thread-safe.
 */
public class BasicSession extends ExtendedSSLSession {

    private static final String NO_SUITE = "SSL_NULL_WITH_NULL_NULL";

    private final @Nullable String peerHost;
    private final int peerPort;
    private final long createdAtMillis;
    private final SessionValues values;
    private volatile boolean valid = true;

    /**
     * @param peerHost as the application named it when it made the engine, or null
     * @param peerPort the same, or -1
     */
    public BasicSession(@Nullable String peerHost, int peerPort) {
        this(peerHost, peerPort, System.currentTimeMillis(), new SessionValues());
    }

    BasicSession(@Nullable String peerHost, int peerPort, long createdAtMillis, SessionValues values) {
        this.peerHost = peerHost;
        this.peerPort = peerPort;
        this.createdAtMillis = createdAtMillis;
        this.values = values;
    }

    SessionValues values() {
        return values;
    }

    @Override
    public byte[] getId() {
        return new byte[0];
    }

    @Override
    public @Nullable SSLSessionContext getSessionContext() {
        return null;
    }

    @Override
    public long getCreationTime() {
        return createdAtMillis;
    }

    @Override
    public long getLastAccessedTime() {
        return createdAtMillis;
    }

    @Override
    public void invalidate() {
        valid = false;
    }

    /** Returns whether a new connection may continue the session. */
    @Override
    public boolean isValid() {
        return valid && isNegotiated();
    }

    boolean isNegotiated() {
        return false;
    }

    @Override
    public void putValue(String name, Object value) {
        values.put(this, name, value);
    }

    @Override
    public @Nullable Object getValue(String name) {
        return values.get(name);
    }

    @Override
    public void removeValue(String name) {
        values.remove(this, name);
    }

    @Override
    public String[] getValueNames() {
        return values.names();
    }

    /** Returns the certificates of the client; empty when it has sent none. */
    List<X509Certificate> peerChain() {
        return List.of();
    }

    /** Returns the certificates of the server; empty when it has sent none. */
    List<X509Certificate> localChain() {
        return List.of();
    }

    @Override
    public final Certificate[] getPeerCertificates() throws SSLPeerUnverifiedException {
        List<X509Certificate> chain = peerChain();
        if (chain.isEmpty()) {
            throw new SSLPeerUnverifiedException("the client has sent no certificate");
        }
        return chain.toArray(new X509Certificate[0]);
    }

    @Override
    public final Principal getPeerPrincipal() throws SSLPeerUnverifiedException {
        return ((X509Certificate) getPeerCertificates()[0]).getSubjectX500Principal();
    }

    @Override
    @SuppressWarnings({"removal", "deprecation"}) // abstract until the JDK removes it
    public final javax.security.cert.X509Certificate[] getPeerCertificateChain() {
        throw new UnsupportedOperationException("use getPeerCertificates");
    }

    @Override
    public final Certificate @Nullable [] getLocalCertificates() {
        List<X509Certificate> chain = localChain();
        return chain.isEmpty() ? null : chain.toArray(new X509Certificate[0]);
    }

    @Override
    public final @Nullable Principal getLocalPrincipal() {
        List<X509Certificate> chain = localChain();
        return chain.isEmpty() ? null : chain.get(0).getSubjectX500Principal();
    }

    @Override
    public String getCipherSuite() {
        return NO_SUITE;
    }

    @Override
    public String getProtocol() {
        return "NONE";
    }

    @Override
    public final @Nullable String getPeerHost() {
        return peerHost;
    }

    @Override
    public final int getPeerPort() {
        return peerPort;
    }

    @Override
    public final int getPacketBufferSize() {
        return TlsServerConnection.NETWORK_BUFFER_SIZE;
    }

    @Override
    public final int getApplicationBufferSize() {
        return TlsServerConnection.APPLICATION_BUFFER_SIZE;
    }

    @Override
    public String[] getLocalSupportedSignatureAlgorithms() {
        return new String[0];
    }

    @Override
    public String[] getPeerSupportedSignatureAlgorithms() {
        return new String[0];
    }

    /** Returns the host name that the client asked for, or null. */
    @Nullable
    String serverName() {
        return null;
    }

    @Override
    public final List<SNIServerName> getRequestedServerNames() {
        String name = serverName();
        if (name == null) {
            return List.of();
        }
        try {
            return List.of(new SNIHostName(name));
        } catch (IllegalArgumentException e) {
            return List.of(); // a name that RFC 6066 allows and the JDK does not
        }
    }

    /** Returns none: a server receives no status of its own certificates. */
    @Override
    public List<byte[]> getStatusResponses() {
        return List.of();
    }

    @Override
    public String toString() {
        return "Session[" + getProtocol() + ", " + getCipherSuite() + "]";
    }
}
