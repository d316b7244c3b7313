package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.internal.message.HelloRandom;
import dev.lockstep.tls.session.SessionId;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a connection as ServerHello fixes them, and what follows from them for the rest of the handshake: its
 * methods are the conditions of the table.
 *
 * @param cipherSuite the suite
 * @param credential whose certificate and key serve this connection; null where none is needed (resumption, PSK)
 * @param group the group of the ephemeral key; null where there is none
 * @param signatureScheme how ServerKeyExchange is signed; null where it is not
 * @param serverName the host name that the client asked for, or null
 * @param serverNameUsed whether that name decided which credential serves (RFC 6066 section 3)
 * @param applicationProtocol the ALPN name, or null
 * @param extendedMasterSecret RFC 7627
 * @param encryptThenMac RFC 7366
 * @param secureRenegotiation whether the client knows RFC 5746
 * @param resumed whether this continues an earlier session
 * @param clientRandom ClientHello.random
 * @param serverRandom ServerHello.random
 * @param stapledResponse the OCSP response that is stapled, or null
 * @param clientAuthentication how the client is asked for a certificate; none() where it is not
 * @param recordLengths how long records may be
 * @param newSession the id under which a store will keep the session, or null
 * @param sessionCreatedAt when the full handshake was that made the session, in the configured wall clock
 * @param givesTicket whether a NewSessionTicket follows (RFC 5077 section 3.2)
 * @param identityHint whether the server has a PSK identity hint to send
 */
@SuppressWarnings("ArrayRecordComponent") // agreements are not compared
public record Agreement(
        CipherSuite cipherSuite,
        @Nullable Credential credential,
        @Nullable NamedGroup group,
        @Nullable SignatureScheme signatureScheme,
        @Nullable String serverName,
        boolean serverNameUsed,
        @Nullable String applicationProtocol,
        boolean extendedMasterSecret,
        boolean encryptThenMac,
        boolean secureRenegotiation,
        boolean resumed,
        HelloRandom clientRandom,
        HelloRandom serverRandom,
        byte @Nullable [] stapledResponse,
        ClientAuthentication clientAuthentication,
        RecordLengths recordLengths,
        @Nullable SessionId newSession,
        Instant sessionCreatedAt,
        boolean givesTicket,
        boolean identityHint) {

    /** RFC 5246 7.4.2: "whenever the agreed-upon key exchange method uses certificates for authentication". */
    public boolean hasCertificate() {
        return !resumed && keyExchange().usesCertificate();
    }

    /** Tells whether CertificateStatus follows Certificate (RFC 6066 section 8). */
    public boolean isStapled() {
        return stapledResponse != null;
    }

    /** Tells whether the server makes a fresh key for this handshake. */
    public boolean isEphemeral() {
        return keyExchange().isEphemeral();
    }

    /** Tells whether the credential's key signs ServerKeyExchange. */
    public boolean isSigned() {
        return keyExchange().signsServerKeyExchange();
    }

    /** RFC 4279 2, of PSK and RSA_PSK: "If no hint is provided, the ServerKeyExchange message is omitted." */
    public boolean hasServerKeyExchange() {
        return isEphemeral() || (usesPsk() && identityHint);
    }

    /** Tells whether CertificateRequest is sent. */
    public boolean asksClient() {
        return clientAuthentication.asks();
    }

    /** Tells whether the client names a pre-shared key. */
    public boolean usesPsk() {
        return keyExchange().usesPsk();
    }

    /** Tells whether the credential's key decrypts what the client sends. */
    public boolean decryptsPremaster() {
        return keyExchange().decryptsPremaster();
    }

    /** Returns the key exchange of the suite. */
    public KeyExchange keyExchange() {
        return cipherSuite.keyExchange();
    }

    /** Returns the credential of a key exchange that has a certificate. */
    public Credential requireCredential() {
        return Objects.requireNonNull(credential, "this key exchange has a certificate");
    }

    /** Returns the scheme of a signed key exchange. */
    public SignatureScheme requireSignatureScheme() {
        return Objects.requireNonNull(signatureScheme, "a signed key exchange has a signature scheme");
    }

    @Override
    public String toString() {
        return "Agreement[" + cipherSuite + "]";
    }

    /** Collects what is agreed on, before ServerHello says it. */
    public static final class Builder {

        private final CipherSuite cipherSuite;
        private final HelloRandom clientRandom;
        private final HelloRandom serverRandom;
        public @Nullable Credential credential;
        public @Nullable NamedGroup group;
        public @Nullable SignatureScheme signatureScheme;
        public @Nullable String serverName;
        public boolean serverNameUsed;
        public @Nullable String applicationProtocol;
        public boolean extendedMasterSecret;
        public boolean encryptThenMac;
        public boolean secureRenegotiation;
        public boolean resumed;
        public byte @Nullable [] stapledResponse;
        public ClientAuthentication clientAuthentication = ClientAuthentication.none();
        public RecordLengths recordLengths = RecordLengths.NONE;
        public @Nullable SessionId newSession;
        public Instant sessionCreatedAt = Instant.EPOCH;
        public boolean givesTicket;
        public boolean identityHint;

        /** Starts an agreement on a suite for two randoms. */
        public Builder(CipherSuite cipherSuite, HelloRandom clientRandom, HelloRandom serverRandom) {
            this.cipherSuite = cipherSuite;
            this.clientRandom = clientRandom;
            this.serverRandom = serverRandom;
        }

        public CipherSuite cipherSuite() {
            return cipherSuite;
        }

        public Agreement build() {
            return new Agreement(
                    cipherSuite,
                    credential,
                    group,
                    signatureScheme,
                    serverName,
                    serverNameUsed,
                    applicationProtocol,
                    extendedMasterSecret,
                    encryptThenMac,
                    secureRenegotiation,
                    resumed,
                    clientRandom,
                    serverRandom,
                    stapledResponse,
                    clientAuthentication,
                    recordLengths,
                    newSession,
                    sessionCreatedAt,
                    givesTicket,
                    identityHint);
        }
    }
}
