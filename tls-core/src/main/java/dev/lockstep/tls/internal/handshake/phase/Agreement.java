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
 * The parameters of a connection as ServerHello fixes them, and what follows from them for the rest of the handshake: the
 * conditions of the table are its methods. Immutable.
 */
public final class Agreement {

    private final CipherSuite cipherSuite;
    private final @Nullable Credential credential;
    private final @Nullable NamedGroup group;
    private final @Nullable SignatureScheme signatureScheme;
    private final @Nullable String serverName;
    private final boolean serverNameUsed;
    private final @Nullable String applicationProtocol;
    private final boolean extendedMasterSecret;
    private final boolean encryptThenMac;
    private final boolean secureRenegotiation;
    private final boolean resumed;
    private final HelloRandom clientRandom;
    private final HelloRandom serverRandom;
    private final byte @Nullable [] stapledResponse;
    private final ClientAuthentication clientAuthentication;
    private final RecordLengths recordLengths;
    private final @Nullable SessionId newSession;
    private final boolean givesTicket;
    private final boolean identityHint;
    private final Instant sessionCreatedAt;

    private Agreement(Builder from) {
        this.cipherSuite = from.cipherSuite;
        this.credential = from.credential;
        this.group = from.group;
        this.signatureScheme = from.signatureScheme;
        this.serverName = from.serverName;
        this.serverNameUsed = from.serverNameUsed;
        this.applicationProtocol = from.applicationProtocol;
        this.extendedMasterSecret = from.extendedMasterSecret;
        this.encryptThenMac = from.encryptThenMac;
        this.secureRenegotiation = from.secureRenegotiation;
        this.resumed = from.resumed;
        this.clientRandom = from.clientRandom;
        this.serverRandom = from.serverRandom;
        this.stapledResponse = from.stapledResponse;
        this.clientAuthentication = from.clientAuthentication;
        this.recordLengths = from.recordLengths;
        this.newSession = from.newSession;
        this.givesTicket = from.givesTicket;
        this.identityHint = from.identityHint;
        this.sessionCreatedAt = from.sessionCreatedAt;
    }

    /** Starts an agreement on a suite for two randoms. */
    public static Builder of(CipherSuite suite, HelloRandom clientRandom, HelloRandom serverRandom) {
        return new Builder(suite, clientRandom, serverRandom);
    }

    // What the conditions of the table ask.

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

    /** Returns the suite. */
    public CipherSuite cipherSuite() {
        return cipherSuite;
    }

    /** Returns the credential whose certificate and key serve this connection; null where none is needed (resumption, PSK). */
    public @Nullable Credential credential() {
        return credential;
    }

    /** Returns the group of the ephemeral key; null where there is none. */
    public @Nullable NamedGroup group() {
        return group;
    }

    /** Returns how ServerKeyExchange is signed; null where it is not. */
    public @Nullable SignatureScheme signatureScheme() {
        return signatureScheme;
    }

    /** Returns the host name that the client asked for, or null. */
    public @Nullable String serverName() {
        return serverName;
    }

    /** Tells whether ServerHello acknowledges that name (RFC 6066 section 3). */
    public boolean serverNameUsed() {
        return serverNameUsed;
    }

    /** Returns the ALPN name, or null. */
    public @Nullable String applicationProtocol() {
        return applicationProtocol;
    }

    /** Tells whether RFC 7627 is in force. */
    public boolean extendedMasterSecret() {
        return extendedMasterSecret;
    }

    /** Tells whether RFC 7366 is in force. */
    public boolean encryptThenMac() {
        return encryptThenMac;
    }

    /** Tells whether the client knows RFC 5746. */
    public boolean secureRenegotiation() {
        return secureRenegotiation;
    }

    /** Tells whether this continues an earlier session. */
    public boolean resumed() {
        return resumed;
    }

    /** Returns ClientHello.random. */
    public HelloRandom clientRandom() {
        return clientRandom;
    }

    /** Returns ServerHello.random. */
    public HelloRandom serverRandom() {
        return serverRandom;
    }

    /** Returns the OCSP response that is stapled, or null. */
    public byte @Nullable [] stapledResponse() {
        return stapledResponse;
    }

    /** Returns how the client is asked for a certificate; none() where it is not. */
    public ClientAuthentication clientAuthentication() {
        return clientAuthentication;
    }

    /** Returns how long records may be. */
    public RecordLengths recordLengths() {
        return recordLengths;
    }

    /** Returns the id under which a store will keep the session, or null. */
    public @Nullable SessionId newSession() {
        return newSession;
    }

    /** Tells whether a NewSessionTicket follows (RFC 5077 section 3.2). */
    public boolean givesTicket() {
        return givesTicket;
    }

    /** Returns when the full handshake was that made the session, in the configured wall clock. */
    public Instant sessionCreatedAt() {
        return sessionCreatedAt;
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
        private boolean givesTicket;
        private boolean identityHint;
        private Instant sessionCreatedAt = Instant.EPOCH;

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

        public Builder givesTicket(boolean value) {
            this.givesTicket = value;
            return this;
        }

        public Builder identityHint(boolean value) {
            this.identityHint = value;
            return this;
        }

        public Builder sessionCreatedAt(Instant value) {
            this.sessionCreatedAt = value;
            return this;
        }

        public Agreement build() {
            return new Agreement(this);
        }
    }
}
