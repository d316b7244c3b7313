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
 *
 * @param agreement what was agreed on
 * @param peerCertificates the chain of a client that has proven its key, its own certificate first; empty for any other
 * @param pskIdentity whose pre-shared key the client has proven to know, or null
 * @param clientVerifyData of the client's Finished
 * @param serverVerifyData of the server's Finished
 * @param exporterSecret the master secret, owned by this object, or null where exporters are off
 * @param sessionId under which a store knows the session, or null
 */
@SuppressWarnings("ArrayRecordComponent") // what handshakes leave is not compared
public record Established(
        Agreement agreement,
        List<X509Certificate> peerCertificates,
        @Nullable PskIdentity pskIdentity,
        byte[] clientVerifyData,
        byte[] serverVerifyData,
        @Nullable MasterSecret exporterSecret,
        @Nullable SessionId sessionId) {

    /**
     * RFC 5929 3.1, tls-unique: "The first TLS Finished message sent (...) in the most recent TLS handshake", which is the
     * client's in a full handshake and the server's in an abbreviated one.
     */
    public byte[] firstVerifyData() {
        return (agreement.resumed() ? serverVerifyData : clientVerifyData).clone();
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
