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
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Collects the settings of a {@link TlsServerConfig}. For one thread; may be used for several configurations. Lists
 * are in the server's order of preference.
 */
public final class TlsServerConfigBuilder {

    private final ServerSettings settings;

    /** Starts from settings, which are taken over. */
    TlsServerConfigBuilder(ServerSettings settings) {
        this.settings = settings;
    }

    /** Adds a credential for every host name that has none of its own; call again for another key type. */
    public TlsServerConfigBuilder credential(Credential credential) {
        settings.addDefault(Objects.requireNonNull(credential, "credential"));
        return this;
    }

    /**
     * Adds a credential for a host name, or for a wildcard of one label such as {@code *.example.org}.
     *
     * @throws ConfigException when the pattern is not a host name in ASCII form
     */
    public TlsServerConfigBuilder credential(String hostPattern, Credential credential) {
        String host = FieldChecks.hostPattern("credential", hostPattern);
        settings.add(host, Objects.requireNonNull(credential, "credential"));
        return this;
    }

    /** Whether and how clients show who they are, for every host name without a policy of its own; not by default. */
    public TlsServerConfigBuilder clientAuthentication(ClientAuthentication policy) {
        settings.clientAuthentication = Objects.requireNonNull(policy, "clientAuthentication");
        return this;
    }

    /**
     * Whether and how clients of a host name, or of a wildcard of one label, show who they are. The client chooses the
     * name that it sends: an application that serves hosts of different policies over one configuration must refuse a
     * request for another host than {@code ConnectionInfo.serverName}, or the laxest policy holds for all of them.
     *
     * @throws ConfigException when the pattern is not a host name in ASCII form
     */
    public TlsServerConfigBuilder clientAuthentication(String hostPattern, ClientAuthentication policy) {
        settings.put(
                FieldChecks.hostPattern("clientAuthentication", hostPattern),
                Objects.requireNonNull(policy, "clientAuthentication"));
        return this;
    }

    /** Lets {@code selector} choose the credentials of each handshake; the configured ones are its fall-back. */
    public TlsServerConfigBuilder credentialSelector(CredentialSelector selector) {
        settings.credentialSelector = Objects.requireNonNull(selector, "credentialSelector");
        return this;
    }

    /**
     * Enables the key exchanges with a pre-shared key (RFC 4279) and asks {@code source} for the keys. A policy's suites of
     * that kind are off without one. A server that has a source needs no credential.
     */
    public TlsServerConfigBuilder preSharedKeys(PskSource source) {
        settings.pskSource = Objects.requireNonNull(source, "preSharedKeys");
        return this;
    }

    /**
     * The psk_identity_hint that helps clients to choose among their keys; none by default, as RFC 4279 5.2 advises.
     *
     * @param hint 1 to 65535 bytes in UTF-8
     */
    public TlsServerConfigBuilder pskIdentityHint(String hint) {
        byte[] encoded = hint.getBytes(StandardCharsets.UTF_8);
        if (encoded.length == 0 || encoded.length > 0xffff) {
            throw new ConfigException(
                    "pskIdentityHint", encoded.length + " bytes in UTF-8", "give 1 to 65535, or leave it out");
        }
        settings.pskIdentityHint = encoded;
        return this;
    }

    /** The preset that gives every list not set explicitly; {@link Policy#MODERN} by default. */
    public TlsServerConfigBuilder policy(Policy policy) {
        settings.policy = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Exactly these suites, whatever the policy says. One that nothing here can serve is left out with a
     * {@link TlsServerConfig#warnings warning}; {@link #build} refuses a list of which nothing is left.
     */
    public TlsServerConfigBuilder cipherSuites(List<CipherSuite> suites) {
        settings.cipherSuites = FieldChecks.distinct("cipherSuites", suites);
        return this;
    }

    /** Whose order of suites decides; the server's by default. */
    public TlsServerConfigBuilder suiteOrder(SuiteOrder order) {
        settings.suiteOrder = Objects.requireNonNull(order, "suiteOrder");
        return this;
    }

    /**
     * Sets of suites among which the client's order decides; none by default. The server's order stays as it is for all
     * others: a set takes the place of its first suite. With AES-GCM and ChaCha20-Poly1305 in one set, a client without
     * AES instructions, such as many a phone, gets the cipher that is cheap for it.
     *
     * @throws ConfigException when a set has fewer than two suites, or two sets have one in common
     */
    public TlsServerConfigBuilder equalCipherSuites(List<Set<CipherSuite>> sets) {
        settings.equalCipherSuites = SuitePreference.requireDisjoint(sets);
        return this;
    }

    /** Whether the order of suites or that of credentials decides first; that of suites by default. */
    public TlsServerConfigBuilder credentialOrder(CredentialOrder order) {
        settings.credentialOrder = Objects.requireNonNull(order, "credentialOrder");
        return this;
    }

    /** Exactly these groups, whatever the policy says. */
    public TlsServerConfigBuilder groups(List<NamedGroup> groups) {
        settings.groups = FieldChecks.distinct("groups", groups);
        return this;
    }

    /** Exactly these schemes, whatever the policy says. */
    public TlsServerConfigBuilder signatureSchemes(List<SignatureScheme> schemes) {
        settings.signatureSchemes = FieldChecks.distinct("signatureSchemes", schemes);
        return this;
    }

    /** ALPN names (RFC 7301), 1 to 255 bytes each in ISO-8859-1; none switches ALPN off. */
    public TlsServerConfigBuilder applicationProtocols(List<String> protocols) {
        settings.applicationProtocols = FieldChecks.protocols("applicationProtocols", protocols);
        return this;
    }

    /** Lets {@code selector} choose the protocol of each connection, whatever {@link #applicationProtocols} says. */
    public TlsServerConfigBuilder applicationProtocolSelector(ApplicationProtocolSelector selector) {
        settings.applicationProtocolSelector = Objects.requireNonNull(selector, "applicationProtocolSelector");
        return this;
    }

    /**
     * Whether a client that offers protocols, none of which is served, is refused with no_application_protocol as RFC 7301
     * section 3.2 has it; true by default. If not, it is answered as by a server that does not know ALPN.
     */
    public TlsServerConfigBuilder requireApplicationProtocol(boolean require) {
        settings.requireApplicationProtocol = require;
        return this;
    }

    /** Whether a server name without a credential of its own ends the handshake; false by default. */
    public TlsServerConfigBuilder requireKnownServerName(boolean require) {
        settings.requireKnownServerName = require;
        return this;
    }

    /**
     * Whether ServerHello acknowledges a server name that decided which credential serves, as RFC 6066 section 3 has it;
     * true by default. If not, it is silent about the name, as servers that know nothing of it are.
     */
    public TlsServerConfigBuilder acknowledgeServerName(boolean acknowledge) {
        settings.acknowledgeServerName = acknowledge;
        return this;
    }

    /**
     * Whether the server may still send after the client's close_notify; false by default. RFC 5246 section 7.2.1 has the
     * server discard its pending writes then, which truncates what the client still waits for when it ends its stream first;
     * RFC 8446 section 6.1 takes that rule back. For a proxy, and for applications in which clients do so. After the client's
     * close_notify {@code read} answers CLOSED, {@code write} works, and {@code closeOutput} or {@code close} ends the
     * connection. During a renegotiation, close_notify ends the connection in any case.
     */
    public TlsServerConfigBuilder outputAfterCloseNotify(boolean allow) {
        settings.outputAfterCloseNotify = allow;
        return this;
    }

    /**
     * Which signatures the connection verifies before it sends them, and where; {@link SignatureVerification#unlessVerified}
     * on the driving thread by default.
     */
    public TlsServerConfigBuilder signatureVerification(SignatureVerification verification) {
        settings.signatureVerification = Objects.requireNonNull(verification, "signatureVerification");
        return this;
    }

    /** The longest a wait may last; 30 seconds by default, zero for no limit. */
    public TlsServerConfigBuilder keyOperationTimeout(Duration timeout) {
        settings.keyOperationTimeout = FieldChecks.timeout("keyOperationTimeout", timeout);
        return this;
    }

    /** The longest a handshake may last from the first step on; 60 seconds by default, zero for no limit. */
    public TlsServerConfigBuilder handshakeTimeout(Duration timeout) {
        settings.handshakeTimeout = FieldChecks.timeout("handshakeTimeout", timeout);
        return this;
    }

    /** Whether and how established connections may be renegotiated; refused by default. */
    public TlsServerConfigBuilder renegotiation(RenegotiationPolicy policy) {
        settings.renegotiation = Objects.requireNonNull(policy, "renegotiation");
        return this;
    }

    /**
     * Whether connections can export keying material (RFC 5705). They keep their master secret for it until they are
     * closed; false by default, and then an established connection holds nothing but its traffic keys.
     */
    public TlsServerConfigBuilder exporters(boolean enabled) {
        settings.exporters = enabled;
        return this;
    }

    /**
     * The most plaintext to take in one record from a client that sends record_size_limit (RFC 8449); 2^14 by default.
     * Clients that do not send it go on sending records of up to 2^14 bytes.
     *
     * @param bytes 64 to 2^14
     */
    public TlsServerConfigBuilder recordSizeLimit(int bytes) {
        if (bytes < 64 || bytes > 1 << 14) {
            throw ConfigException.outOfRange("recordSizeLimit", bytes, "64 to 16384");
        }
        settings.recordSizeLimit = bytes;
        return this;
    }

    /**
     * The most plaintext that the server sends in one record, of handshake messages, alerts and application data; 2^14 by
     * default. What a client negotiates (RFC 8449, RFC 6066 section 4) can make records shorter still. Short records reach
     * a client on a slow line sooner, and cost 20 to 60 bytes and a computation each.
     *
     * @param bytes 64 to 2^14
     * @throws ConfigException when out of that range
     */
    public TlsServerConfigBuilder maxSentRecord(int bytes) {
        if (bytes < 64 || bytes > 1 << 14) {
            throw ConfigException.outOfRange("maxSentRecord", bytes, "64 to 16384");
        }
        settings.maxSentRecord = bytes;
        return this;
    }

    /** The limits on what a peer may send. */
    public TlsServerConfigBuilder bounds(Bounds bounds) {
        settings.bounds = Objects.requireNonNull(bounds, "bounds");
        return this;
    }

    /** Who watches the connections. */
    public TlsServerConfigBuilder observer(ConnectionObserver observer) {
        settings.observer = Objects.requireNonNull(observer, "observer");
        return this;
    }

    /** Sets what receives the secrets of every connection. They decrypt the connections: for debugging only. */
    public TlsServerConfigBuilder keyLog(KeyLog keyLog) {
        settings.keyLog = Objects.requireNonNull(keyLog, "keyLog");
        return this;
    }

    /** Where the client is, for a configuration of one connection; see {@link ConnectionOptions#withClientAddress}. */
    public TlsServerConfigBuilder clientAddress(InetAddress address) {
        settings.clientAddress = Objects.requireNonNull(address, "clientAddress");
        return this;
    }

    /**
     * Takes ephemeral key pairs of finite field groups from a reserve that is filled elsewhere. By default each pair is made
     * on the thread that drives the connection, which costs it up to some milliseconds.
     */
    public TlsServerConfigBuilder keyPairReserve(KeyPairReserve reserve) {
        settings.keyPairReserve = Objects.requireNonNull(reserve, "keyPairReserve");
        return this;
    }

    /**
     * Where the agreement with the client's value is computed in finite-field groups of 3072 bits and more, while the handshake
     * is suspended: 1 ms in ffdhe3072, 10 in ffdhe8192. By default the thread that drives the connection computes it, as in all
     * other groups. With {@code async-keys}: {@code ExecutorAsk.of(KeyAgreementRequest::agree, Discard::bytes, pool)}.
     */
    public TlsServerConfigBuilder keyAgreements(Asks<KeyAgreementRequest, byte[]> agreements) {
        settings.keyAgreements = Objects.requireNonNull(agreements, "keyAgreements");
        return this;
    }

    /**
     * Lets providers compute in place of Java what they compute faster, local keys of credentials included; none by default.
     * {@link #random} does not reach into them.
     */
    public TlsServerConfigBuilder cryptoProviders(CryptoProviders providers) {
        settings.cryptoProviders = Objects.requireNonNull(providers, "cryptoProviders");
        return this;
    }

    /** See {@link ConnectionOptions#withServerNames}; every name is accepted by default. */
    public TlsServerConfigBuilder serverNames(Predicate<String> accepted) {
        settings.serverNames = Objects.requireNonNull(accepted, "serverNames");
        return this;
    }

    /** The source of randoms, ephemeral keys and explicit IVs; a {@code new SecureRandom()} by default. */
    public TlsServerConfigBuilder random(SecureRandom random) {
        settings.random = Objects.requireNonNull(random, "random");
        return this;
    }

    /** The clock of all deadlines in nanoseconds; {@link System#nanoTime} by default. */
    public TlsServerConfigBuilder clock(LongSupplier nanos) {
        settings.clock = Objects.requireNonNull(nanos, "clock");
        return this;
    }

    /** Keeps sessions by their ids (RFC 5246 appendix F.1.4); off by default. */
    public TlsServerConfigBuilder sessionStore(SessionStore store) {
        settings.sessionStore = Objects.requireNonNull(store, "sessionStore");
        return this;
    }

    /** Gives sessions to the clients as tickets (RFC 5077); off by default. */
    public TlsServerConfigBuilder tickets(TicketProtector protector) {
        settings.tickets = Objects.requireNonNull(protector, "tickets");
        return this;
    }

    /**
     * How long a session can be resumed after its full handshake, 1 second to 7 days; 2 hours by default. RFC 5246
     * appendix F.1.4 suggests no more than 24 hours.
     */
    public TlsServerConfigBuilder sessionLifetime(Duration lifetime) {
        if (lifetime.compareTo(Duration.ofSeconds(1)) < 0 || lifetime.compareTo(Duration.ofDays(7)) > 0) {
            throw ConfigException.outOfRange("sessionLifetime", lifetime, "1 second to 7 days");
        }
        settings.sessionLifetime = lifetime;
        return this;
    }

    /**
     * What sessions are bound to besides the server name and the policy for client certificates: servers that share a
     * store or ticket keys resume each other's sessions only when this is the same. By default it is the public keys of
     * the credentials for the server name, so that a session of one host never continues at another. Set it where a
     * {@link CredentialSelector} brings credentials that are not configured, or where servers of one name have
     * different keys.
     *
     * @param context 0 to 2^16-1 bytes, no secret; copied
     */
    public TlsServerConfigBuilder sessionContext(byte[] context) {
        if (context.length > 0xffff) {
            throw new ConfigException("sessionContext", context.length + " bytes", "give at most 65535");
        }
        settings.sessionContext = context.clone();
        return this;
    }

    /** The time of day, for the ages of sessions; {@link InstantSource#system} by default. */
    public TlsServerConfigBuilder wallClock(InstantSource wallClock) {
        settings.wallClock = Objects.requireNonNull(wallClock, "wallClock");
        return this;
    }

    /**
     * Checks everything and freezes it. The builder can be changed and used again.
     *
     * @throws ConfigException naming the field, the reason and the fix
     */
    public TlsServerConfig build() {
        ServerSettings frozen = settings.copy();
        return new TlsServerConfig(frozen, BuildChecks.require(frozen));
    }
}
