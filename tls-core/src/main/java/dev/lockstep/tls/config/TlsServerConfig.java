package dev.lockstep.tls.config;

import dev.lockstep.crypto.signature.KnownVerifiers;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.key.KeyAgreementRequest;
import dev.lockstep.tls.key.KeyPairReserve;
import dev.lockstep.tls.key.SignatureVerification;
import dev.lockstep.tls.provider.CryptoProviders;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.setting.ConfigWarning;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Asks;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything a server decides before a client comes. Immutable: built and checked once, shared by all connections and
 * threads. Each connection keeps the configuration that it was created with.
 */
public final class TlsServerConfig {

    /** How many keys of clients stay decoded: with the multiples that they verify with, three megabytes at most. */
    private static final int KNOWN_CLIENTS = 100;

    private final ServerSettings settings;
    private final Credentials credentials;
    private final ClientAuthentications clientAuthentications;
    private final EnabledSuites suites;
    private final SuitePreference preference;
    private final KnownVerifiers clientKeys;
    private final OptionalLong keyOperationTimeoutNanos;
    private final OptionalLong handshakeTimeoutNanos;

    /** Takes over settings that were checked and are not changed any more. */
    TlsServerConfig(ServerSettings settings, EnabledSuites suites) {
        this(
                settings,
                new Credentials(settings.defaults, settings.byHost),
                suites,
                authentications(settings),
                new KnownVerifiers(KNOWN_CLIENTS, settings.cryptoProviders.sources()));
    }

    private TlsServerConfig(
            ServerSettings settings,
            Credentials credentials,
            EnabledSuites suites,
            ClientAuthentications clientAuthentications,
            KnownVerifiers clientKeys) {
        this.settings = settings;
        this.credentials = credentials;
        this.suites = suites;
        this.preference = new SuitePreference(suites.suites(), settings);
        this.clientAuthentications = clientAuthentications;
        this.clientKeys = clientKeys;
        this.keyOperationTimeoutNanos = nanos(settings.keyOperationTimeout);
        this.handshakeTimeoutNanos = nanos(settings.handshakeTimeout);
    }

    private static ClientAuthentications authentications(ServerSettings settings) {
        return new ClientAuthentications(
                settings.clientAuthentication, settings.clientAuthenticationByHost, settings.enabledSchemes());
    }

    private static OptionalLong nanos(Duration timeout) {
        return timeout.isZero() ? OptionalLong.empty() : OptionalLong.of(timeout.toNanos());
    }

    /** Starts a configuration; {@link TlsServerConfigBuilder#build} checks it. */
    public static TlsServerConfigBuilder builder() {
        return new TlsServerConfigBuilder(new ServerSettings());
    }

    /** Starts another configuration with all settings of this one, which stays as it is. */
    public TlsServerConfigBuilder toBuilder() {
        return new TlsServerConfigBuilder(settings.copy());
    }

    /**
     * The configuration of one connection: this one with {@code options} in place of what they name. Credentials are
     * shared and not checked again, so that it costs little enough for every connection.
     *
     * @throws ConfigException when none of the suites can be served, or the policy for client certificates contradicts
     *     itself
     */
    public TlsServerConfig with(ConnectionOptions options) {
        if (options == ConnectionOptions.NONE) {
            return this;
        }
        ServerSettings changed = settings.copy();
        options.applyTo(changed);
        return new TlsServerConfig(
                changed,
                credentials,
                options.changesSuites() ? EnabledSuites.of(changed) : suites,
                options.changesClientAuthentication() ? authentications(changed) : clientAuthentications,
                clientKeys);
    }

    /**
     * What was accepted and has no effect, such as a suite that no credential can serve or an OCSP response that is not
     * current; usually empty.
     */
    public List<ConfigWarning> warnings() {
        return suites.warnings();
    }

    /** The settings themselves, not to be changed. */
    ServerSettings settings() {
        return settings;
    }

    /** The configured credentials, by host name. */
    public Credentials credentials() {
        return credentials;
    }

    /** Who chooses the credentials instead, or null. */
    public @Nullable CredentialSelector credentialSelector() {
        return settings.credentialSelector;
    }

    /**
     * Whether and how a client shows who it is.
     *
     * @param serverName the host name that it asked for, or null
     */
    public ClientAuthentication clientAuthentication(@Nullable String serverName) {
        return clientAuthentications.of(serverName);
    }

    /** For the library itself: the keys of clients that have proven them. */
    @SuppressWarnings("exports") // its type is of a module that only this library reads
    public KnownVerifiers clientKeys() {
        return clientKeys;
    }

    /** Which host names the client of this connection may ask for; every one unless the options of the connection say less. */
    public Predicate<String> serverNames() {
        return settings.serverNames;
    }

    /** The ephemeral key pairs that are made ahead; null where each is made when it is needed. */
    public @Nullable KeyPairReserve keyPairReserve() {
        return settings.keyPairReserve;
    }

    /** Where secrets of large finite-field groups are computed; null where that is the thread of the connection. */
    public @Nullable Asks<KeyAgreementRequest, byte[]> keyAgreements() {
        return settings.keyAgreements;
    }

    /** Where the client of this connection is; null where it is not known. */
    public @Nullable InetAddress clientAddress() {
        return settings.clientAddress;
    }

    /** Who knows the pre-shared keys, or null. */
    public @Nullable PskSource pskSource() {
        return settings.pskSource;
    }

    /** The psk_identity_hint, in UTF-8; empty when none is given. A fresh copy. */
    public byte[] pskIdentityHint() {
        return settings.pskIdentityHint.clone();
    }

    /** Enabled suites, most preferred first; what was asked for and cannot be served is among the {@link #warnings}. */
    public List<CipherSuite> cipherSuites() {
        return suites.suites();
    }

    /** Whose order of suites decides. */
    public SuiteOrder suiteOrder() {
        return settings.suiteOrder;
    }

    /** Sets of suites among which the client's order decides; usually none. */
    public List<Set<CipherSuite>> equalCipherSuites() {
        return settings.equalCipherSuites;
    }

    /**
     * The enabled suites in the order in which they are tried for a client; some that it does not offer may be missing.
     *
     * @param offered the numbers in the client's cipher_suites; not changed
     */
    public List<CipherSuite> cipherSuitesFor(int[] offered) {
        return preference.inOrderFor(offered);
    }

    /** Whether the order of suites or that of credentials decides first. */
    public CredentialOrder credentialOrder() {
        return settings.credentialOrder;
    }

    /** Enabled groups, most preferred first. */
    public List<NamedGroup> groups() {
        return settings.enabledGroups();
    }

    /** Schemes the server may sign with, most preferred first. */
    public List<SignatureScheme> signatureSchemes() {
        return settings.enabledSchemes();
    }

    /** ALPN names, most preferred first; empty when ALPN is off. */
    public List<String> applicationProtocols() {
        return settings.applicationProtocols;
    }

    /** Who chooses the application protocol instead, or null. */
    public @Nullable ApplicationProtocolSelector applicationProtocolSelector() {
        return settings.applicationProtocolSelector;
    }

    /** Whether a client that offers protocols, none of which is served, is refused. */
    public boolean requireApplicationProtocol() {
        return settings.requireApplicationProtocol;
    }

    /** Whether an unknown server name ends the handshake with unrecognized_name. */
    public boolean requireKnownServerName() {
        return settings.requireKnownServerName;
    }

    /** Whether ServerHello acknowledges a server name that decided which credential serves. */
    public boolean acknowledgeServerName() {
        return settings.acknowledgeServerName;
    }

    /** Whether the server may still send after the client's close_notify. */
    public boolean outputAfterCloseNotify() {
        return settings.outputAfterCloseNotify;
    }

    /** Which signatures the connection verifies before it sends them, and where. */
    public SignatureVerification signatureVerification() {
        return settings.signatureVerification;
    }

    /** How long one wait may last, in nanoseconds; empty for no limit. */
    public OptionalLong keyOperationTimeoutNanos() {
        return keyOperationTimeoutNanos;
    }

    /** How long a handshake may last from the first step on, in nanoseconds; empty for no limit. */
    public OptionalLong handshakeTimeoutNanos() {
        return handshakeTimeoutNanos;
    }

    /** Whether and how established connections may be renegotiated. */
    public RenegotiationPolicy renegotiation() {
        return settings.renegotiation;
    }

    /** Whether connections keep their master secret for exporters (RFC 5705). */
    public boolean exporters() {
        return settings.exporters;
    }

    /** The most plaintext taken in one record from a client that negotiates it (RFC 8449), in bytes. */
    public int recordSizeLimit() {
        return settings.recordSizeLimit;
    }

    /** The most plaintext that the server sends in one record, in bytes. */
    public int maxSentRecord() {
        return settings.maxSentRecord;
    }

    /** The limits on what a peer may send. */
    public Bounds bounds() {
        return settings.bounds;
    }

    /** Who watches; {@link ConnectionObserver#NONE} by default. */
    public ConnectionObserver observer() {
        return settings.observer;
    }

    /** Who gets the secrets for debugging, or null. */
    public @Nullable KeyLog keyLog() {
        return settings.keyLog;
    }

    /** What computes in place of Java; {@link CryptoProviders#NONE} by default. */
    public CryptoProviders cryptoProviders() {
        return settings.cryptoProviders;
    }

    /** The source of everything random. */
    public SecureRandom random() {
        return settings.random;
    }

    /** The clock of all deadlines: nanoseconds from an arbitrary origin, like {@link System#nanoTime}. */
    public LongSupplier clock() {
        return settings.clock;
    }

    /** Who keeps sessions by their ids, or null: then none is resumed by its id. */
    public @Nullable SessionStore sessionStore() {
        return settings.sessionStore;
    }

    /** Who makes and opens session tickets, or null: then there are none. */
    public @Nullable TicketProtector tickets() {
        return settings.tickets;
    }

    /** A copy of what sessions are bound to; null for the credentials of the server name. */
    public byte @Nullable [] sessionContext() {
        return settings.sessionContext == null ? null : settings.sessionContext.clone();
    }

    /**
     * For the library itself: what sessions for a host name are bound to. It depends on the name only by what is configured
     * for it, and is computed once.
     *
     * @param compute called for the first session
     * @return not to be changed
     */
    public byte[] sessionBinding(@Nullable String serverName, Supplier<byte[]> compute) {
        return clientAuthentications.sessionBinding(
                credentials.candidates(serverName), clientAuthentications.of(serverName), compute);
    }

    /** How long a session can be resumed after its full handshake, in seconds. */
    public long sessionLifetimeSeconds() {
        return settings.sessionLifetime.toSeconds();
    }

    /** The time of day, for the ages of sessions. */
    public InstantSource wallClock() {
        return settings.wallClock;
    }
}
