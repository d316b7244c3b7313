package dev.lockstep.jsse.session;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/** The session of a connection whose handshake is over; what was negotiated cannot change any more. */
public final class EstablishedSession extends BasicSession {

    /** The objects of a session beside the peer's certificates, in bytes. */
    private static final int OBJECT_BYTES = 400;

    private final ConnectionInfo info;
    private final SessionCache cache;
    private final List<X509Certificate> localChain;
    private final List<SignatureScheme> localSchemes;
    private final long weight;
    private volatile long lastAccessedMillis;

    EstablishedSession(
            ConnectionInfo info,
            SessionCache cache,
            HandshakeSession handshake,
            List<X509Certificate> localChain,
            List<SignatureScheme> localSchemes,
            SessionValues values) {
        super(
                handshake.getPeerHost(),
                handshake.getPeerPort(),
                info.sessionCreatedAt().toEpochMilli(),
                values);
        this.info = info;
        this.cache = cache;
        this.localChain = localChain;
        this.localSchemes = localSchemes;
        this.weight = OBJECT_BYTES + bytes(info.peerCertificates());
        this.lastAccessedMillis = info.resumed() ? System.currentTimeMillis() : getCreationTime();
    }

    private static long bytes(List<X509Certificate> certificates) {
        long bytes = 0;
        for (X509Certificate certificate : certificates) {
            try {
                bytes += certificate.getEncoded().length;
            } catch (CertificateEncodingException e) {
                throw new AssertionError(e); // it was read from its encoding
            }
        }
        return bytes;
    }

    /** Returns how many bytes it takes, roughly; its local certificates belong to the configuration. */
    long weight() {
        return weight;
    }

    @Nullable
    SessionId sessionId() {
        return info.sessionId();
    }

    /** Returns the id under which a cache keeps it; empty when a ticket does, or nothing. */
    @Override
    public byte[] getId() {
        SessionId id = info.sessionId();
        return id == null ? new byte[0] : id.bytes();
    }

    @Override
    public @Nullable SSLSessionContext getSessionContext() {
        return isValid() ? cache : null;
    }

    @Override
    public long getLastAccessedTime() {
        return lastAccessedMillis;
    }

    void accessed() {
        lastAccessedMillis = System.currentTimeMillis();
    }

    /** Removes it from the cache. A ticket that the client holds cannot be taken back. */
    @Override
    public void invalidate() {
        super.invalidate();
        cache.forget(this);
    }

    /**
     * The connection has failed. RFC 5246 7.2.2: after a fatal alert, the session must not establish new connections; the
     * connection has removed it from the store itself. The end of a stream without an alert leaves it valid.
     */
    public void failed(TlsException failure) {
        if (failure.alert() != null) {
            super.invalidate();
            cache.drop(this);
        }
    }

    @Override
    boolean isNegotiated() {
        return true;
    }

    @Override
    public String getCipherSuite() {
        return info.cipherSuite().name();
    }

    @Override
    public String getProtocol() {
        return "TLSv1.2";
    }

    @Override
    List<X509Certificate> peerChain() {
        return info.peerCertificates();
    }

    @Override
    List<X509Certificate> localChain() {
        return localChain;
    }

    @Override
    @Nullable
    String serverName() {
        return info.serverName();
    }

    @Override
    public String[] getLocalSupportedSignatureAlgorithms() {
        return SchemeNames.of(localSchemes);
    }
}
