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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a server with their defaults: a builder changes its own copy, and each configuration keeps one that is
 * not changed any more. Collections and arrays are replaced as a whole and never changed, so that a copy is shallow; but a
 * map of host names, of which there may be thousands, grows until it is copied.
 */
final class ServerSettings implements Cloneable {

    List<Credential> defaults = List.of();
    Map<String, List<Credential>> byHost = Map.of();
    ClientAuthentication clientAuthentication = ClientAuthentication.none();
    Map<String, ClientAuthentication> clientAuthenticationByHost = Map.of();
    Policy policy = Policy.MODERN;

    @Nullable
    List<CipherSuite> cipherSuites;

    SuiteOrder suiteOrder = SuiteOrder.SERVER;
    List<Set<CipherSuite>> equalCipherSuites = List.of();
    CredentialOrder credentialOrder = CredentialOrder.SUITES_FIRST;

    @Nullable
    List<NamedGroup> groups;

    @Nullable
    List<SignatureScheme> signatureSchemes;

    @Nullable
    CredentialSelector credentialSelector;

    @Nullable
    PskSource pskSource;

    byte[] pskIdentityHint = {};
    List<String> applicationProtocols = List.of();

    @Nullable
    ApplicationProtocolSelector applicationProtocolSelector;

    Predicate<String> serverNames = name -> true;
    boolean requireApplicationProtocol = true;
    boolean requireKnownServerName;
    boolean acknowledgeServerName = true;
    boolean outputAfterCloseNotify;
    SignatureVerification signatureVerification = SignatureVerification.unlessVerified();
    Duration keyOperationTimeout = Duration.ofSeconds(30);
    Duration handshakeTimeout = Duration.ofSeconds(60);
    RenegotiationPolicy renegotiation = RenegotiationPolicy.REFUSED;
    boolean exporters;
    int recordSizeLimit = 1 << 14;
    int maxSentRecord = 1 << 14;
    Bounds bounds = Bounds.DEFAULT;
    ConnectionObserver observer = ConnectionObserver.NONE;

    @Nullable
    InetAddress clientAddress;

    @Nullable
    KeyLog keyLog;

    @Nullable
    KeyPairReserve keyPairReserve;

    @Nullable
    Asks<KeyAgreementRequest, byte[]> keyAgreements;

    Set<NamedGroup> keyAgreementGroups = TlsServerConfig.SLOW_GROUPS;

    CryptoProviders cryptoProviders = CryptoProviders.NONE;
    SecureRandom random = new SecureRandom();
    LongSupplier clock = System::nanoTime;

    @Nullable
    SessionStore sessionStore;

    @Nullable
    TicketProtector tickets;

    byte @Nullable [] sessionContext;

    /**
     * Like no other configuration's, but for those that were made of one another and have the same sources of keys: what
     * sessions are bound to where nothing else tells this server from others.
     */
    byte[] ownContext = unique();

    Duration sessionLifetime = Duration.ofHours(2);
    InstantSource wallClock = InstantSource.system();

    /** Returns these settings as they are now. */
    ServerSettings copy() {
        if (byHost instanceof HashMap) {
            byHost = Map.copyOf(byHost);
        }
        if (clientAuthenticationByHost instanceof HashMap) {
            clientAuthenticationByHost = Map.copyOf(clientAuthenticationByHost);
        }
        try {
            return (ServerSettings) clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e); // this class is Cloneable
        }
    }

    /** A name that no other settings have, in this process or another. */
    static byte[] unique() {
        byte[] name = new byte[16];
        new SecureRandom().nextBytes(name);
        return name;
    }

    void credentialSelector(CredentialSelector selector) {
        if (!selector.equals(credentialSelector)) {
            ownContext = unique();
        }
        credentialSelector = selector;
    }

    void preSharedKeys(PskSource source) {
        byte[] context = source.sessionContext();
        if (context != null && context.length > 0xffff) {
            throw new ConfigException(
                    "preSharedKeys", "its sessionContext has " + context.length + " bytes", "return at most 65535");
        }
        if (!source.equals(pskSource)) {
            ownContext = unique();
        }
        pskSource = source;
    }

    void addDefault(Credential credential) {
        defaults = append(defaults, credential);
    }

    void add(String host, Credential credential) {
        byHost = with(byHost, host, append(byHost.getOrDefault(host, List.of()), credential));
    }

    void put(String host, ClientAuthentication authentication) {
        clientAuthenticationByHost = with(clientAuthenticationByHost, host, authentication);
    }

    /** Every credential once, the default ones first. */
    List<Credential> credentials() {
        Set<Credential> all = new LinkedHashSet<>(defaults);
        byHost.values().forEach(all::addAll);
        return List.copyOf(all);
    }

    boolean hasCredentials() {
        return !defaults.isEmpty() || !byHost.isEmpty();
    }

    /** Returns the suites that were asked for, or the policy's, whether or not they can be served. */
    List<CipherSuite> suites() {
        return cipherSuites != null ? cipherSuites : policy.cipherSuites();
    }

    /** Returns whether no host name's policy admits a client without a certificate, which one with a pre-shared key is. */
    boolean requiresEveryClientCertificate() {
        return clientAuthentication.isRequired()
                && clientAuthenticationByHost.values().stream().allMatch(ClientAuthentication::isRequired);
    }

    List<NamedGroup> enabledGroups() {
        return groups != null ? groups : policy.groups();
    }

    List<SignatureScheme> enabledSchemes() {
        return signatureSchemes != null ? signatureSchemes : policy.signatureSchemes();
    }

    private static <T> List<T> append(List<T> list, T last) {
        List<T> more = new ArrayList<>(list);
        more.add(last);
        return List.copyOf(more);
    }

    /** The map with one more entry: the same if it is these settings' own, which a HashMap is until they are copied. */
    private static <V> Map<String, V> with(Map<String, V> map, String key, V value) {
        Map<String, V> own = map instanceof HashMap ? map : new HashMap<>(map);
        own.put(key, value);
        return own;
    }
}
