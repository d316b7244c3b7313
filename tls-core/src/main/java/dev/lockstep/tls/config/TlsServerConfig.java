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
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a server. Immutable: it is checked once, when it is built, and shared by all connections and
 * threads. A connection keeps the configuration that it was created with.
 */
public final class TlsServerConfig {
    /** An agreement in one of these takes milliseconds, not a part of one. */
    static final Set<NamedGroup> SLOW_GROUPS =
            Set.of(NamedGroup.FFDHE3072, NamedGroup.FFDHE4096, NamedGroup.FFDHE6144, NamedGroup.FFDHE8192);

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

    /** Returns a builder with the default settings. */
    public static TlsServerConfigBuilder builder() {
        return new TlsServerConfigBuilder(new ServerSettings());
    }

    /** Returns a builder with the settings of this configuration, which does not change. */
    public TlsServerConfigBuilder toBuilder() {
        return new TlsServerConfigBuilder(settings.copy());
    }

    /**
     * Returns this configuration with some settings replaced by {@code options}, for one connection. It shares the
     * credentials and does not check them again, so it is cheap enough to call for every connection.
     *
     * @throws ConfigException if none of the suites can be served, or the client-authentication policy contradicts itself
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
                options.changesSuites(settings)
                        ? EnabledSuites.of(changed).withWarnings(suites.otherWarnings())
                        : suites,
                options.changesClientAuthentication() ? authentications(changed) : boundAs(changed),
                clientKeys);
    }

    private ClientAuthentications boundAs(ServerSettings changed) {
        return Arrays.equals(changed.ownContext, settings.ownContext)
                ? clientAuthentications
                : clientAuthentications.unbound();
    }

    /**
     * Returns a warning for each setting that has no effect, such as a suite that no credential can serve or an OCSP response
     * that is out of date; usually empty.
     */
    public List<ConfigWarning> warnings() {
        return suites.warnings();
    }

    /** Returns the settings themselves, not to be changed. */
    ServerSettings settings() {
        return settings;
    }

    /** Returns the configured credentials, by host name. */
    public Credentials credentials() {
        return credentials;
    }

    /** Returns the selector that chooses credentials in place of the configured ones, or null. */
    public @Nullable CredentialSelector credentialSelector() {
        return settings.credentialSelector;
    }

    /**
     * Returns the client-authentication policy for a host name.
     *
     * @param serverName the host name that the client asked for, or null
     */
    public ClientAuthentication clientAuthentication(@Nullable String serverName) {
        return clientAuthentications.of(serverName);
    }

    /** Returns the decoded keys of clients that have proven possession. For the library itself. */
    @SuppressWarnings("exports") // its type is of a module that only this library reads
    public KnownVerifiers clientKeys() {
        return clientKeys;
    }

    /**
     * Returns the test of the host names that this connection's client may ask for; every name passes unless the options of
     * the connection restrict them.
     */
    public Predicate<String> serverNames() {
        return settings.serverNames;
    }

    /** Returns the reserve of ephemeral key pairs; null if each pair is generated when it is needed. */
    public @Nullable KeyPairReserve keyPairReserve() {
        return settings.keyPairReserve;
    }

    /** Returns what computes shared secrets in {@code group}; null if the connection's thread does. */
    public @Nullable Asks<KeyAgreementRequest, byte[]> keyAgreements(NamedGroup group) {
        return settings.keyAgreementGroups.contains(group) ? settings.keyAgreements : null;
    }

    /** Returns the address of this connection's client; null if it is not known. */
    public @Nullable InetAddress clientAddress() {
        return settings.clientAddress;
    }

    /** Returns the source of pre-shared keys, or null. */
    public @Nullable PskSource pskSource() {
        return settings.pskSource;
    }

    /** Returns the psk_identity_hint, in UTF-8; empty when none is given. A fresh copy. */
    public byte[] pskIdentityHint() {
        return settings.pskIdentityHint.clone();
    }

    /** Returns the enabled suites, most preferred first; those left out are among the {@link #warnings}. */
    public List<CipherSuite> cipherSuites() {
        return suites.suites();
    }

    /** Returns whose order of suites decides, the server's or the client's. */
    public SuiteOrder suiteOrder() {
        return settings.suiteOrder;
    }

    /** Returns the groups of suites among which the client's order decides; usually none. */
    public List<Set<CipherSuite>> equalCipherSuites() {
        return settings.equalCipherSuites;
    }

    /**
     * Returns the enabled suites in the order in which they are tried for a client; some that it does not offer may be missing.
     *
     * @param offered the numbers in the client's cipher_suites; not changed
     */
    public List<CipherSuite> cipherSuitesFor(int[] offered) {
        return preference.inOrderFor(offered);
    }

    /** Returns whether the order of suites or that of credentials decides first. */
    public CredentialOrder credentialOrder() {
        return settings.credentialOrder;
    }

    /** Returns the enabled groups, most preferred first. */
    public List<NamedGroup> groups() {
        return settings.enabledGroups();
    }

    /** Returns the schemes that the server may sign with, most preferred first. */
    public List<SignatureScheme> signatureSchemes() {
        return settings.enabledSchemes();
    }

    /** Returns the ALPN protocols, most preferred first; empty if ALPN is off. */
    public List<String> applicationProtocols() {
        return settings.applicationProtocols;
    }

    /** Returns the selector that chooses the application protocol, or null. */
    public @Nullable ApplicationProtocolSelector applicationProtocolSelector() {
        return settings.applicationProtocolSelector;
    }

    /** Returns whether a client that offers only unknown application protocols is refused. */
    public boolean requireApplicationProtocol() {
        return settings.requireApplicationProtocol;
    }

    /** Returns whether an unknown server name ends the handshake with unrecognized_name. */
    public boolean requireKnownServerName() {
        return settings.requireKnownServerName;
    }

    /** Returns whether ServerHello acknowledges a server name that selected the credential. */
    public boolean acknowledgeServerName() {
        return settings.acknowledgeServerName;
    }

    /** Returns whether the server may still send after the client's close_notify. */
    public boolean outputAfterCloseNotify() {
        return settings.outputAfterCloseNotify;
    }

    /** Returns which signatures the connection verifies before it sends them, and where. */
    public SignatureVerification signatureVerification() {
        return settings.signatureVerification;
    }

    /** Returns the time limit of each asynchronous operation, in nanoseconds; empty for no limit. */
    public OptionalLong keyOperationTimeoutNanos() {
        return keyOperationTimeoutNanos;
    }

    /** Returns the time limit of a handshake, in nanoseconds; empty for no limit. */
    public OptionalLong handshakeTimeoutNanos() {
        return handshakeTimeoutNanos;
    }

    /** Returns the renegotiation policy. */
    public RenegotiationPolicy renegotiation() {
        return settings.renegotiation;
    }

    /** Returns whether connections keep their master secret for exporters (RFC 5705). */
    public boolean exporters() {
        return settings.exporters;
    }

    /** Returns the record_size_limit (RFC 8449) for clients that negotiate it, in bytes of plaintext. */
    public int recordSizeLimit() {
        return settings.recordSizeLimit;
    }

    /** Returns the largest plaintext that the server sends in one record, in bytes. */
    public int maxSentRecord() {
        return settings.maxSentRecord;
    }

    /** Returns the limits on what a peer may send. */
    public Bounds bounds() {
        return settings.bounds;
    }

    /** Returns the observer; {@link ConnectionObserver#NONE} by default. */
    public ConnectionObserver observer() {
        return settings.observer;
    }

    /** Returns the receiver of secrets for debugging, or null. */
    public @Nullable KeyLog keyLog() {
        return settings.keyLog;
    }

    /** Returns the JCA providers that are used in place of Java; {@link CryptoProviders#NONE} by default. */
    public CryptoProviders cryptoProviders() {
        return settings.cryptoProviders;
    }

    /** Returns the source of randomness. */
    public SecureRandom random() {
        return settings.random;
    }

    /** Returns the clock of all deadlines: nanoseconds from an arbitrary origin, like {@link System#nanoTime}. */
    public LongSupplier clock() {
        return settings.clock;
    }

    /** Returns the store for resumption by session id, or null if that is off. */
    public @Nullable SessionStore sessionStore() {
        return settings.sessionStore;
    }

    /** Returns the protector of session tickets, or null if the server issues none. */
    public @Nullable TicketProtector tickets() {
        return settings.tickets;
    }

    /** Returns a copy of the session context; null if sessions are bound to the credentials of their server name. */
    public byte @Nullable [] sessionContext() {
        return settings.sessionContext == null ? null : settings.sessionContext.clone();
    }

    /**
     * For the library itself: what sessions for a host name are bound to. It depends on the name only by what is configured
     * for it, and is computed once.
     *
     * @param psk whether the client has a pre-shared key
     * @param compute called for the first session
     * @return not to be changed
     */
    public byte[] sessionBinding(@Nullable String serverName, boolean psk, Supplier<byte[]> compute) {
        return clientAuthentications.sessionBinding(
                credentials.candidates(serverName), clientAuthentications.of(serverName), psk, compute);
    }

    /** For the library itself: what sessions are bound to where no credential is configured. */
    public byte[] ownContext() {
        return settings.ownContext.clone();
    }

    /** For the library itself: what the sessions of clients with a pre-shared key are bound to besides. */
    public byte[] pskContext() {
        byte[] source = settings.pskSource == null ? null : settings.pskSource.sessionContext();
        return source != null ? source : settings.sessionContext != null ? new byte[0] : ownContext();
    }

    /** Returns how long a session can be resumed after its full handshake, in seconds. */
    public long sessionLifetimeSeconds() {
        return settings.sessionLifetime.toSeconds();
    }

    /** Returns the time of day, for the ages of sessions. */
    public InstantSource wallClock() {
        return settings.wallClock;
    }
}
