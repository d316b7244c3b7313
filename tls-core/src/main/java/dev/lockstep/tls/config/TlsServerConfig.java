package dev.lockstep.tls.config;

import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything a server decides before a client comes. Immutable: built and checked once, shared by all connections and
 * threads. Each connection keeps the configuration that it was created with.
 */
public final class TlsServerConfig {

    private final Credentials credentials;
    private final @Nullable CredentialSelector credentialSelector;
    private final ClientAuthentications clientAuthentications;
    private final @Nullable PskSource pskSource;
    private final byte[] pskIdentityHint;
    private final List<CipherSuite> cipherSuites;
    private final List<NamedGroup> groups;
    private final List<SignatureScheme> signatureSchemes;
    private final List<String> applicationProtocols;
    private final @Nullable ApplicationProtocolSelector applicationProtocolSelector;
    private final boolean requireApplicationProtocol;
    private final boolean requireKnownServerName;
    private final boolean verifyExternalSignatures;
    private final OptionalLong keyOperationTimeoutNanos;
    private final OptionalLong handshakeTimeoutNanos;
    private final RenegotiationPolicy renegotiation;
    private final boolean exporters;
    private final int recordSizeLimit;
    private final Bounds bounds;
    private final ConnectionObserver observer;
    private final @Nullable KeyLog keyLog;
    private final SecureRandom random;
    private final LongSupplier clock;
    private final @Nullable SessionStore sessionStore;
    private final @Nullable TicketProtector tickets;
    private final byte @Nullable [] sessionContext;
    private final long sessionLifetimeSeconds;
    private final InstantSource wallClock;

    TlsServerConfig(TlsServerConfigBuilder b, Credentials credentials) {
        this.credentials = credentials;
        this.credentialSelector = b.credentialSelector;
        this.clientAuthentications = b.clientAuthentications();
        this.pskSource = b.pskSource;
        this.pskIdentityHint = b.pskIdentityHint;
        this.cipherSuites = b.cipherSuites();
        this.groups = b.groups();
        this.signatureSchemes = b.signatureSchemes();
        this.applicationProtocols = b.applicationProtocols;
        this.applicationProtocolSelector = b.applicationProtocolSelector;
        this.requireApplicationProtocol = b.requireApplicationProtocol;
        this.requireKnownServerName = b.requireKnownServerName;
        this.verifyExternalSignatures = b.verifyExternalSignatures;
        this.keyOperationTimeoutNanos = b.keyOperationTimeoutNanos;
        this.handshakeTimeoutNanos = b.handshakeTimeoutNanos;
        this.renegotiation = b.renegotiation;
        this.exporters = b.exporters;
        this.recordSizeLimit = b.recordSizeLimit;
        this.bounds = b.bounds;
        this.observer = b.observer;
        this.keyLog = b.keyLog;
        this.random = b.random;
        this.clock = b.clock;
        this.sessionStore = b.sessionStore;
        this.tickets = b.tickets;
        this.sessionContext = b.sessionContext;
        this.sessionLifetimeSeconds = b.sessionLifetime.toSeconds();
        this.wallClock = b.wallClock;
    }

    /** Starts a configuration; {@link TlsServerConfigBuilder#build} checks it. */
    public static TlsServerConfigBuilder builder() {
        return new TlsServerConfigBuilder();
    }

    /** The configured credentials, by host name. */
    public Credentials credentials() {
        return credentials;
    }

    /** Who chooses the credentials instead, or null. */
    public @Nullable CredentialSelector credentialSelector() {
        return credentialSelector;
    }

    /**
     * Whether and how a client shows who it is.
     *
     * @param serverName the host name that it asked for, or null
     */
    public ClientAuthentication clientAuthentication(@Nullable String serverName) {
        return clientAuthentications.of(serverName);
    }

    /** Who knows the pre-shared keys, or null. */
    public @Nullable PskSource pskSource() {
        return pskSource;
    }

    /** The psk_identity_hint, in UTF-8; empty when none is given. A fresh copy. */
    public byte[] pskIdentityHint() {
        return pskIdentityHint.clone();
    }

    /** Enabled suites, most preferred first. */
    public List<CipherSuite> cipherSuites() {
        return cipherSuites;
    }

    /** Enabled groups, most preferred first. */
    public List<NamedGroup> groups() {
        return groups;
    }

    /** Schemes the server may sign with, most preferred first. */
    public List<SignatureScheme> signatureSchemes() {
        return signatureSchemes;
    }

    /** ALPN names, most preferred first; empty when ALPN is off. */
    public List<String> applicationProtocols() {
        return applicationProtocols;
    }

    /** Who chooses the application protocol instead, or null. */
    public @Nullable ApplicationProtocolSelector applicationProtocolSelector() {
        return applicationProtocolSelector;
    }

    /** Whether a client that offers protocols, none of which is served, is refused. */
    public boolean requireApplicationProtocol() {
        return requireApplicationProtocol;
    }

    /** Whether an unknown server name ends the handshake with unrecognized_name. */
    public boolean requireKnownServerName() {
        return requireKnownServerName;
    }

    /** Whether signatures that may come from outside are verified before they are sent. */
    public boolean verifyExternalSignatures() {
        return verifyExternalSignatures;
    }

    /** How long one wait may last, in nanoseconds; empty for no limit. */
    public OptionalLong keyOperationTimeoutNanos() {
        return keyOperationTimeoutNanos;
    }

    /** How long a handshake may last from the first step on, in nanoseconds; empty for no limit. */
    public OptionalLong handshakeTimeoutNanos() {
        return handshakeTimeoutNanos;
    }

    /** Whether and how established connections may be negotiated anew. */
    public RenegotiationPolicy renegotiation() {
        return renegotiation;
    }

    /** Whether connections keep their master secret for exporters (RFC 5705). */
    public boolean exporters() {
        return exporters;
    }

    /** The most plaintext taken in one record from a client that negotiates it (RFC 8449), in bytes. */
    public int recordSizeLimit() {
        return recordSizeLimit;
    }

    /** The limits on what a peer may send. */
    public Bounds bounds() {
        return bounds;
    }

    /** Who watches; {@link ConnectionObserver#NONE} by default. */
    public ConnectionObserver observer() {
        return observer;
    }

    /** Who gets the secrets for debugging, or null. */
    public @Nullable KeyLog keyLog() {
        return keyLog;
    }

    /** The source of everything random. */
    public SecureRandom random() {
        return random;
    }

    /** The clock of all deadlines: nanoseconds from an arbitrary origin, like {@link System#nanoTime}. */
    public LongSupplier clock() {
        return clock;
    }

    /** Who keeps sessions by their ids, or null: then none is resumed by its id. */
    public @Nullable SessionStore sessionStore() {
        return sessionStore;
    }

    /** Who makes and opens session tickets, or null: then there are none. */
    public @Nullable TicketProtector tickets() {
        return tickets;
    }

    /** A copy of what sessions are bound to; null for the credentials of the server name. */
    public byte @Nullable [] sessionContext() {
        return sessionContext == null ? null : sessionContext.clone();
    }

    /** How long a session can be resumed after its full handshake, in seconds. */
    public long sessionLifetimeSeconds() {
        return sessionLifetimeSeconds;
    }

    /** The time of day, for the ages of sessions. */
    public InstantSource wallClock() {
        return wallClock;
    }
}
