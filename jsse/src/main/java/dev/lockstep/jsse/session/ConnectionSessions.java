package dev.lockstep.jsse.session;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.config.TlsServerConfig;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one engine or socket: the one that the last handshake has made, and the one that the next is about to make. One
 * thread at a time moves it, from handshake to handshake; any thread may look.
 */
public final class ConnectionSessions {

    private final SessionCache cache;
    private final @Nullable String peerHost;
    private final int peerPort;
    private final SSLSession nothing;
    private TlsServerConfig config;
    private volatile HandshakeSession handshake;
    private volatile @Nullable EstablishedSession established;

    /**
     * @param config of the context, until the connection has one of its own
     * @param peerHost as the application named it, or null
     * @param peerPort the same, or -1
     */
    public ConnectionSessions(SessionCache cache, TlsServerConfig config, @Nullable String peerHost, int peerPort) {
        this.cache = cache;
        this.config = config;
        this.peerHost = peerHost;
        this.peerPort = peerPort;
        this.nothing = new BasicSession(peerHost, peerPort);
        this.handshake = next();
    }

    private HandshakeSession next() {
        return new HandshakeSession(peerHost, peerPort, config.signatureSchemes());
    }

    /** The first handshake begins, with the signature schemes that the settings of the connection have left. */
    public void begin(TlsServerConfig planned) {
        config = planned;
        handshake = next();
    }

    /** A handshake is over. Returns the session that it has made or resumed. */
    public EstablishedSession finished(ConnectionInfo info) {
        EstablishedSession made = cache.established(info, config, handshake);
        established = made;
        handshake = next();
        return made;
    }

    /** The connection has failed, and with it perhaps its session. */
    public void failed(TlsException failure) {
        EstablishedSession ended = established;
        if (ended != null) {
            ended.failed(failure);
        }
    }

    /** Returns the session of the handshake under way, or of the next one. */
    public HandshakeSession handshake() {
        return handshake;
    }

    /** Returns whether a handshake is over. */
    public boolean isEstablished() {
        return established != null;
    }

    /** Returns the session of the last handshake; before that, one of which nothing is known. */
    public SSLSession current() {
        EstablishedSession last = established;
        return last != null ? last : nothing;
    }
}
