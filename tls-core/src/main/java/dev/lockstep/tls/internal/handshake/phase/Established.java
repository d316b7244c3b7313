package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.session.SessionId;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a finished handshake leaves to its connection: what was agreed on, what binds the next handshake to it
 * (RFC 5746 section 3.1), and, only where exporters are enabled, the secret that they need.
 */
public final class Established {

    private final Agreement agreement;
    private final List<X509Certificate> peerCertificates;
    private final @Nullable PskIdentity pskIdentity;
    private final byte[] clientVerifyData;
    private final byte[] serverVerifyData;
    private final boolean clientFinishedFirst;
    private final @Nullable MasterSecret exporterSecret;
    private final @Nullable SessionId sessionId;

    /**
     * @param peerCertificates the chain of a client that has shown its key; empty for any other
     * @param pskIdentity whose pre-shared key the client has shown to know, or null
     * @param clientFinishedFirst whether the client's Finished was the first one, as in a full handshake
     * @param exporterSecret passes to this object, or null where exporters are off
     * @param sessionId under which a store knows the session, or null
     */
    Established(
            Agreement agreement,
            List<X509Certificate> peerCertificates,
            @Nullable PskIdentity pskIdentity,
            byte[] clientVerifyData,
            byte[] serverVerifyData,
            boolean clientFinishedFirst,
            @Nullable MasterSecret exporterSecret,
            @Nullable SessionId sessionId) {
        this.agreement = agreement;
        this.peerCertificates = peerCertificates;
        this.pskIdentity = pskIdentity;
        this.clientVerifyData = clientVerifyData;
        this.serverVerifyData = serverVerifyData;
        this.clientFinishedFirst = clientFinishedFirst;
        this.exporterSecret = exporterSecret;
        this.sessionId = sessionId;
    }

    public Agreement agreement() {
        return agreement;
    }

    /** The chain of a client that has shown its key, its own certificate first; empty for any other client. */
    public List<X509Certificate> peerCertificates() {
        return peerCertificates;
    }

    /** Whose pre-shared key the client has shown to know, or null. */
    public @Nullable PskIdentity pskIdentity() {
        return pskIdentity;
    }

    public byte[] clientVerifyData() {
        return clientVerifyData;
    }

    public byte[] serverVerifyData() {
        return serverVerifyData;
    }

    /** RFC 5929 3.1, tls-unique: "The first TLS Finished message sent (...) in the most recent TLS handshake". */
    public byte[] firstVerifyData() {
        return (clientFinishedFirst ? clientVerifyData : serverVerifyData).clone();
    }

    /** The master secret, or null where exporters are off. */
    public @Nullable MasterSecret exporterSecret() {
        return exporterSecret;
    }

    /** Returns the id under which a store knows the session, or null. */
    public @Nullable SessionId sessionId() {
        return sessionId;
    }

    void wipe() {
        if (exporterSecret != null) {
            exporterSecret.wipe();
        }
    }

    @Override
    public String toString() {
        return "Established[" + agreement.cipherSuite() + "]";
    }
}
