package dev.lockstep.tls.config;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.key.KeyAgreementRequest;
import dev.lockstep.tls.key.KeyPairReserve;
import dev.lockstep.tls.key.SignatureVerification;
import dev.lockstep.tls.provider.CryptoProviders;
import dev.lockstep.tls.psk.PskSource;
import dev.lockstep.tls.session.SessionStore;
import dev.lockstep.tls.session.TicketProtector;
import dev.lockstep.tls.setting.ConfigException;
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
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * A builder of {@link TlsServerConfig}. Not thread-safe; it can build several configurations. All lists are in the server's order
 * of preference. A setter throws a {@link ConfigException} for a value out of its range, and for a list of suites, groups or
 * signature schemes that is empty or names one twice. Null, and a list that holds it, is a {@link NullPointerException} that
 * names the setting. What is refused changes nothing.
 */
public final class TlsServerConfigBuilder {

    private final ServerSettings settings;

    /** Starts from settings, which are taken over. */
    TlsServerConfigBuilder(ServerSettings settings) {
        this.settings = settings;
    }

    /** Adds a default credential, for host names without their own. Call it again for another key type. */
    public TlsServerConfigBuilder credential(Credential credential) {
        settings.addDefault(Objects.requireNonNull(credential, "credential"));
        return this;
    }

    /**
     * Adds a credential for a host name, or for a wildcard of one label such as {@code *.example.org}.
     *
     * @throws ConfigException when the pattern is not a host name in ASCII form, or an address: clients send none (RFC 6066 3)
     */
    public TlsServerConfigBuilder credential(String hostPattern, Credential credential) {
        String host = FieldChecks.hostPattern("credential", hostPattern);
        settings.add(host, Objects.requireNonNull(credential, "credential"));
        return this;
    }

    /** Sets the default client-authentication policy, for host names without their own; {@code none()} by default. */
    public TlsServerConfigBuilder clientAuthentication(ClientAuthentication policy) {
        settings.clientAuthentication = Objects.requireNonNull(policy, "clientAuthentication");
        return this;
    }

    /**
     * Sets the client-authentication policy for a host name, or for a wildcard of one label. The client chooses the name
     * that it sends. If hosts with different policies share a configuration, the application must therefore refuse requests
     * for a host other than {@code ConnectionInfo.serverName}; otherwise the weakest policy applies to all of them.
     *
     * @throws ConfigException when the pattern is not a host name in ASCII form, or an address: clients send none (RFC 6066 3)
     */
    public TlsServerConfigBuilder clientAuthentication(String hostPattern, ClientAuthentication policy) {
        settings.put(
                FieldChecks.hostPattern("clientAuthentication", hostPattern),
                Objects.requireNonNull(policy, "clientAuthentication"));
        return this;
    }

    /** Sets a selector that chooses the credentials of each handshake; the configured ones are its fallback. */
    public TlsServerConfigBuilder credentialSelector(CredentialSelector selector) {
        settings.credentialSelector(Objects.requireNonNull(selector, "credentialSelector"));
        return this;
    }

    /**
     * Sets the source of pre-shared keys, which enables the PSK key exchanges (RFC 4279); without it a policy's PSK suites are
     * off. It takes the place of a credential, but not of a client certificate that is required.
     */
    public TlsServerConfigBuilder preSharedKeys(PskSource source) {
        settings.preSharedKeys(Objects.requireNonNull(source, "preSharedKeys"));
        return this;
    }

    /**
     * Sets the psk_identity_hint, which helps clients choose among their keys; none by default, as RFC 4279 5.2 advises.
     *
     * @param hint 1 to 65535 bytes in UTF-8
     */
    public TlsServerConfigBuilder pskIdentityHint(String hint) {
        settings.pskIdentityHint = FieldChecks.identityHint("pskIdentityHint", hint);
        return this;
    }

    /** Sets the policy, which supplies every list that is not set explicitly; {@link Policy#MODERN} by default. */
    public TlsServerConfigBuilder policy(Policy policy) {
        settings.policy = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Sets the cipher suites, in place of the policy's. A suite that no credential can serve is left out, with a
     * {@link TlsServerConfig#warnings warning}; {@link #build} fails if none is left.
     */
    public TlsServerConfigBuilder cipherSuites(List<CipherSuite> suites) {
        settings.cipherSuites = FieldChecks.distinct("cipherSuites", suites);
        return this;
    }

    /** Sets whose order of suites decides, the server's (the default) or the client's. */
    public TlsServerConfigBuilder suiteOrder(SuiteOrder order) {
        settings.suiteOrder = Objects.requireNonNull(order, "suiteOrder");
        return this;
    }

    /**
     * Sets groups of suites that the server prefers equally, so that the client's order decides among them; none by
     * default. Each group stands where its first suite stands in the server's order. With AES-GCM and ChaCha20-Poly1305 in
     * one group, a client without AES instructions gets the cipher that is cheaper for it.
     *
     * @throws ConfigException when a set has fewer than two suites, or two sets have one in common
     */
    public TlsServerConfigBuilder equalCipherSuites(List<Set<CipherSuite>> sets) {
        settings.equalCipherSuites = SuitePreference.requireDisjoint(sets);
        return this;
    }

    /** Sets whether the order of suites (the default) or the order of credentials decides first. */
    public TlsServerConfigBuilder credentialOrder(CredentialOrder order) {
        settings.credentialOrder = Objects.requireNonNull(order, "credentialOrder");
        return this;
    }

    /** Sets the groups, in place of the policy's. */
    public TlsServerConfigBuilder groups(List<NamedGroup> groups) {
        settings.groups = FieldChecks.distinct("groups", groups);
        return this;
    }

    /** Sets the signature schemes, in place of the policy's. */
    public TlsServerConfigBuilder signatureSchemes(List<SignatureScheme> schemes) {
        settings.signatureSchemes = FieldChecks.distinct("signatureSchemes", schemes);
        return this;
    }

    /** Sets the ALPN protocols (RFC 7301), each once and of 1 to 255 bytes in ISO-8859-1; an empty list turns ALPN off. */
    public TlsServerConfigBuilder applicationProtocols(List<String> protocols) {
        settings.applicationProtocols = FieldChecks.protocols("applicationProtocols", protocols);
        return this;
    }

    /** Sets a selector that chooses the protocol of each connection, in place of {@link #applicationProtocols}. */
    public TlsServerConfigBuilder applicationProtocolSelector(ApplicationProtocolSelector selector) {
        settings.applicationProtocolSelector = Objects.requireNonNull(selector, "applicationProtocolSelector");
        return this;
    }

    /**
     * Sets whether a client that offers only unknown protocols is refused with no_application_protocol, as RFC 7301 section
     * 3.2 requires; true by default. If false, the server answers such a client as if it did not support ALPN.
     */
    public TlsServerConfigBuilder requireApplicationProtocol(boolean require) {
        settings.requireApplicationProtocol = require;
        return this;
    }

    /** Sets whether a server name without a credential of its own ends the handshake; false by default. */
    public TlsServerConfigBuilder requireKnownServerName(boolean require) {
        settings.requireKnownServerName = require;
        return this;
    }

    /**
     * Sets whether ServerHello acknowledges a server name that selected the credential, as RFC 6066 section 3 requires; true
     * by default.
     */
    public TlsServerConfigBuilder acknowledgeServerName(boolean acknowledge) {
        settings.acknowledgeServerName = acknowledge;
        return this;
    }

    /**
     * Sets whether the server may still send after the client's close_notify; false by default. RFC 5246 section 7.2.1
     * requires the server to discard its pending writes, which truncates its answer to a client that closes its side first;
     * RFC 8446 section 6.1 removed that rule. Enable it in proxies, and in protocols in which clients close first. After
     * the client's close_notify, {@code read} returns CLOSED, {@code write} works, and {@code closeOutput} or {@code close}
     * ends the connection. A close_notify during a renegotiation always ends the connection.
     */
    public TlsServerConfigBuilder outputAfterCloseNotify(boolean allow) {
        settings.outputAfterCloseNotify = allow;
        return this;
    }

    /**
     * Sets which signatures the connection verifies before it sends them, and where; {@link SignatureVerification#unlessVerified}
     * on the driving thread by default.
     */
    public TlsServerConfigBuilder signatureVerification(SignatureVerification verification) {
        settings.signatureVerification = Objects.requireNonNull(verification, "signatureVerification");
        return this;
    }

    /** Sets the time limit of each asynchronous operation, up to 365 days; 30 seconds by default, zero for no limit. */
    public TlsServerConfigBuilder keyOperationTimeout(Duration timeout) {
        settings.keyOperationTimeout = FieldChecks.timeout("keyOperationTimeout", timeout);
        return this;
    }

    /** Sets the time limit of a handshake, the first from {@code create} on, up to 365 days; 60 seconds by default, zero for none. */
    public TlsServerConfigBuilder handshakeTimeout(Duration timeout) {
        settings.handshakeTimeout = FieldChecks.timeout("handshakeTimeout", timeout);
        return this;
    }

    /** Sets the renegotiation policy; {@link RenegotiationPolicy#REFUSED} by default. */
    public TlsServerConfigBuilder renegotiation(RenegotiationPolicy policy) {
        settings.renegotiation = Objects.requireNonNull(policy, "renegotiation");
        return this;
    }

    /**
     * Sets whether connections can export keying material (RFC 5705); false by default. If true, a connection keeps its
     * master secret until it is closed. If false, an established connection holds only its traffic keys.
     */
    public TlsServerConfigBuilder exporters(boolean enabled) {
        settings.exporters = enabled;
        return this;
    }

    /**
     * Sets the record_size_limit (RFC 8449) for clients that send this extension: the largest plaintext of a record that
     * they may send, 2^14 by default. Other clients may send records of up to 2^14 bytes.
     *
     * @param bytes 64 to 2^14
     */
    public TlsServerConfigBuilder recordSizeLimit(int bytes) {
        settings.recordSizeLimit = FieldChecks.recordLength("recordSizeLimit", bytes);
        return this;
    }

    /**
     * Sets the largest plaintext that the server sends in one record; 2^14 by default. Negotiated limits (RFC 8449, RFC 6066
     * section 4) can lower it further. A client on a slow line can use short records sooner; each record costs 20 to 60
     * bytes and one seal.
     *
     * @param bytes 64 to 2^14
     */
    public TlsServerConfigBuilder maxSentRecord(int bytes) {
        settings.maxSentRecord = FieldChecks.recordLength("maxSentRecord", bytes);
        return this;
    }

    /** Sets the limits on what a peer may send; {@link Bounds#DEFAULT} by default. */
    public TlsServerConfigBuilder bounds(Bounds bounds) {
        settings.bounds = Objects.requireNonNull(bounds, "bounds");
        return this;
    }

    /** Sets the observer of all connections; none by default. */
    public TlsServerConfigBuilder observer(ConnectionObserver observer) {
        settings.observer = Objects.requireNonNull(observer, "observer");
        return this;
    }

    /** Sets the receiver of every connection's secrets, with which its traffic can be decrypted. For debugging only. */
    public TlsServerConfigBuilder keyLog(KeyLog keyLog) {
        settings.keyLog = Objects.requireNonNull(keyLog, "keyLog");
        return this;
    }

    /** Sets the client's address, for the configuration of one connection; see {@link ConnectionOptions#withClientAddress}. */
    public TlsServerConfigBuilder clientAddress(InetAddress address) {
        settings.clientAddress = Objects.requireNonNull(address, "clientAddress");
        return this;
    }

    /**
     * Sets a reserve of ephemeral key pairs for finite-field groups, filled on another thread. By default the thread that
     * drives the connection generates each pair, which takes up to 10 ms.
     */
    public TlsServerConfigBuilder keyPairReserve(KeyPairReserve reserve) {
        settings.keyPairReserve = Objects.requireNonNull(reserve, "keyPairReserve");
        return this;
    }

    /**
     * Sets what computes the shared secret in {@code groups}, or in finite-field groups of 3072 bits and more when none is
     * given, while the handshake is suspended: 0.1 ms in x25519, 1.5 in secp521r1, 10 in ffdhe8192. Otherwise the thread that
     * drives the connection does. {@code ExecutorAsk.of(KeyAgreementRequest::agree, Discard::bytes, pool)} is one.
     */
    public TlsServerConfigBuilder keyAgreements(Asks<KeyAgreementRequest, byte[]> agreements, NamedGroup... groups) {
        Objects.requireNonNull(agreements, "keyAgreements");
        settings.keyAgreementGroups = Objects.requireNonNull(groups, "keyAgreements").length == 0
                ? TlsServerConfig.SLOW_GROUPS
                : Set.copyOf(FieldChecks.present("keyAgreements", Arrays.asList(groups)));
        settings.keyAgreements = agreements;
        return this;
    }

    /**
     * Sets the JCA providers to use where they are faster than Java, for local keys too; none by default. Providers have
     * their own randomness and do not use {@link #random}.
     */
    public TlsServerConfigBuilder cryptoProviders(CryptoProviders providers) {
        settings.cryptoProviders = Objects.requireNonNull(providers, "cryptoProviders");
        return this;
    }

    /** Sets the test of host names, see {@link ConnectionOptions#withServerNames}; every name passes by default. */
    public TlsServerConfigBuilder serverNames(Predicate<String> accepted) {
        settings.serverNames = Objects.requireNonNull(accepted, "serverNames");
        return this;
    }

    /** Sets the source of hello randoms, ephemeral keys and explicit IVs; a {@code new SecureRandom()} by default. */
    public TlsServerConfigBuilder random(SecureRandom random) {
        settings.random = Objects.requireNonNull(random, "random");
        return this;
    }

    /** Sets the clock of all deadlines in nanoseconds; {@link System#nanoTime} by default. */
    public TlsServerConfigBuilder clock(LongSupplier nanos) {
        settings.clock = Objects.requireNonNull(nanos, "clock");
        return this;
    }

    /** Sets the store for resumption by session id (RFC 5246 appendix F.1.4); none by default. */
    public TlsServerConfigBuilder sessionStore(SessionStore store) {
        settings.sessionStore = Objects.requireNonNull(store, "sessionStore");
        return this;
    }

    /** Sets the protector of session tickets (RFC 5077); none by default, and then the server issues no tickets. */
    public TlsServerConfigBuilder tickets(TicketProtector protector) {
        settings.tickets = Objects.requireNonNull(protector, "tickets");
        return this;
    }

    /**
     * Sets how long a session can be resumed after its full handshake, 1 second to 7 days; 2 hours by default. RFC 5246
     * appendix F.1.4 suggests no more than 24 hours.
     */
    public TlsServerConfigBuilder sessionLifetime(Duration lifetime) {
        settings.sessionLifetime = FieldChecks.sessionLifetime("sessionLifetime", lifetime);
        return this;
    }

    /**
     * Sets the context to which sessions are bound, besides server name, client-authentication policy and {@link
     * PskSource#sessionContext}. Servers that share a store or ticket keys resume each other's sessions only if their contexts
     * are equal. The default is the public keys of the credentials for the server name. Where none is configured, sessions
     * are not shared: set it if a {@link CredentialSelector} supplies all credentials or there are pre-shared keys alone, and
     * if servers of one name have different keys.
     *
     * @param context 0 to 2^16-1 bytes, no secret; copied
     */
    public TlsServerConfigBuilder sessionContext(byte[] context) {
        settings.sessionContext = FieldChecks.sessionContext("sessionContext", context);
        return this;
    }

    /** Sets the time of day, for the ages of sessions; {@link InstantSource#system} by default. */
    public TlsServerConfigBuilder wallClock(InstantSource wallClock) {
        settings.wallClock = Objects.requireNonNull(wallClock, "wallClock");
        return this;
    }

    /**
     * Returns an immutable configuration, after checking all settings. The builder can be used again.
     *
     * @throws ConfigException if a setting is invalid; it names the field, the cause and the fix
     */
    public TlsServerConfig build() {
        ServerSettings frozen = settings.copy();
        return new TlsServerConfig(frozen, BuildChecks.require(frozen));
    }
}
