package dev.lockstep.tls;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.handshake.phase.Agreement;
import dev.lockstep.tls.internal.handshake.phase.Established;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters that a handshake has negotiated.
 *
 * @param cipherSuite the suite
 * @param namedGroup the group of the ephemeral key exchange; null for the RSA, PSK and RSA_PSK key exchanges and in a
 *     resumption
 * @param signatureScheme the scheme of the signature in ServerKeyExchange; null for the RSA key exchange, those with a
 *     pre-shared key, and in a resumption
 * @param serverName the host name that the client asked for (RFC 6066 section 3), or null
 * @param applicationProtocol the ALPN name (RFC 7301), or null
 * @param extendedMasterSecret whether the extended master secret (RFC 7627) is used
 * @param encryptThenMac whether encrypt-then-MAC (RFC 7366) is used
 * @param peerCertificates the certificates of the client that the verifier accepted, its own first, once the client
 *     has proven possession of its key, in this handshake or in the one that it resumes; otherwise empty
 * @param credential the credential whose certificate was sent; null if none was (a resumption; a pre-shared key, except RSA_PSK)
 * @param pskIdentity the identity whose pre-shared key the client has used (RFC 4279); null before its Finished was
 *     verified, and without such a key
 * @param resumed whether the handshake was an abbreviated one, which continues an earlier session
 * @param sessionId the id under which a session store has the session; null before the connection is established, with
 *     a ticket, and without a store
 * @param sessionCreatedAt when a full handshake created the session, in whole seconds of the configured wall clock:
 *     the same on every connection that resumes it
 */
public record ConnectionInfo(
        CipherSuite cipherSuite,
        @Nullable NamedGroup namedGroup,
        @Nullable SignatureScheme signatureScheme,
        @Nullable String serverName,
        @Nullable String applicationProtocol,
        boolean extendedMasterSecret,
        boolean encryptThenMac,
        List<X509Certificate> peerCertificates,
        @Nullable Credential credential,
        @Nullable PskIdentity pskIdentity,
        boolean resumed,
        @Nullable SessionId sessionId,
        Instant sessionCreatedAt) {

    static @Nullable ConnectionInfo ofHandshake(@Nullable Agreement agreement) {
        return agreement == null ? null : of(agreement, null);
    }

    static ConnectionInfo of(Agreement agreement, @Nullable Established established) {
        return new ConnectionInfo(
                agreement.cipherSuite(),
                agreement.group(),
                agreement.signatureScheme(),
                agreement.serverName(),
                agreement.applicationProtocol(),
                agreement.extendedMasterSecret(),
                agreement.encryptThenMac(),
                established == null ? List.of() : established.peerCertificates(),
                agreement.credential(),
                established == null ? null : established.pskIdentity(),
                agreement.resumed(),
                established == null ? null : established.sessionId(),
                agreement.sessionCreatedAt());
    }
}
