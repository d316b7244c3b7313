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

    /** Returns the group of an ephemeral key exchange. */
    public NamedGroup requireGroup() {
        return Objects.requireNonNull(group, "an ephemeral key exchange has a group");
    }

    /** Returns the scheme of a signed key exchange. */
    public SignatureScheme requireSignatureScheme() {
        return Objects.requireNonNull(signatureScheme, "a signed key exchange has a signature scheme");
    }

    @Override
    public String toString() {
        return "Agreement[" + cipherSuite + "]";
    }

    /** Starts an agreement on a suite for two randoms. */
    public static Builder of(CipherSuite suite, HelloRandom clientRandom, HelloRandom serverRandom) {
        return new Builder(suite, clientRandom, serverRandom);
    }

    /** Collects what is agreed on, before ServerHello says it. */
    public static final class Builder {

        private final CipherSuite cipherSuite;
        private @Nullable Credential credential;
        private @Nullable NamedGroup group;
        private @Nullable SignatureScheme signatureScheme;
        private @Nullable String serverName;
        private boolean serverNameUsed;
        private @Nullable String applicationProtocol;
        private boolean extendedMasterSecret;
        private boolean encryptThenMac;
        private boolean secureRenegotiation;
        private boolean resumed;
        private final HelloRandom clientRandom;
        private final HelloRandom serverRandom;
        private byte @Nullable [] stapledResponse;
        private ClientAuthentication clientAuthentication = ClientAuthentication.none();
        private RecordLengths recordLengths = RecordLengths.NONE;
        private @Nullable SessionId newSession;
        private Instant sessionCreatedAt = Instant.EPOCH;
        private boolean givesTicket;
        private boolean identityHint;

        private Builder(CipherSuite cipherSuite, HelloRandom clientRandom, HelloRandom serverRandom) {
            this.cipherSuite = cipherSuite;
            this.clientRandom = clientRandom;
            this.serverRandom = serverRandom;
        }

        public Builder credential(@Nullable Credential value) {
            this.credential = value;
            return this;
        }

        public Builder group(@Nullable NamedGroup value) {
            this.group = value;
            return this;
        }

        public Builder signatureScheme(@Nullable SignatureScheme value) {
            this.signatureScheme = value;
            return this;
        }

        public Builder serverName(@Nullable String value) {
            this.serverName = value;
            return this;
        }

        public Builder serverNameUsed(boolean value) {
            this.serverNameUsed = value;
            return this;
        }

        public Builder applicationProtocol(@Nullable String value) {
            this.applicationProtocol = value;
            return this;
        }

        public Builder extendedMasterSecret(boolean value) {
            this.extendedMasterSecret = value;
            return this;
        }

        public Builder encryptThenMac(boolean value) {
            this.encryptThenMac = value;
            return this;
        }

        public Builder secureRenegotiation(boolean value) {
            this.secureRenegotiation = value;
            return this;
        }

        public Builder resumed(boolean value) {
            this.resumed = value;
            return this;
        }

        public Builder stapledResponse(byte @Nullable [] value) {
            this.stapledResponse = value;
            return this;
        }

        ClientAuthentication clientAuthentication() {
            return clientAuthentication;
        }

        public Builder clientAuthentication(ClientAuthentication value) {
            this.clientAuthentication = value;
            return this;
        }

        public Builder recordLengths(RecordLengths value) {
            this.recordLengths = value;
            return this;
        }

        public Builder newSession(@Nullable SessionId value) {
            this.newSession = value;
            return this;
        }

        public Builder sessionCreatedAt(Instant value) {
            this.sessionCreatedAt = value;
            return this;
        }

        public Builder givesTicket(boolean value) {
            this.givesTicket = value;
            return this;
        }

        public Builder identityHint(boolean value) {
            this.identityHint = value;
            return this;
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
