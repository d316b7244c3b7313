package dev.lockstep.jsse.setting;

import dev.lockstep.jsse.manager.Asked;
import dev.lockstep.jsse.manager.ClientVerifiers;
import dev.lockstep.jsse.manager.Party;
import dev.lockstep.jsse.manager.ServerKeys;
import dev.lockstep.jsse.session.HandshakeSession;
import dev.lockstep.tls.config.ApplicationProtocolSelector;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.ClientAuthentication.Demand;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.RefusedException;
import dev.lockstep.tls.wait.Start;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import org.jspecify.annotations.Nullable;

/**
 * Makes the configuration of one connection from its context and its settings. The callbacks in it belong to the connection:
 * they fill in the session of its handshake before they ask managers, matchers and selectors, which look there.
 */
public final class ConnectionPlan {

    private final Context context;
    private final EngineSettings settings;
    private final Party party;

    /** @param party whose connection it is, as managers want to know it */
    public ConnectionPlan(Context context, EngineSettings settings, Party party) {
        this.context = context;
        this.settings = settings;
        this.party = party;
    }

    /**
     * Returns the configuration.
     *
     * @param selector the application's function from the offered protocols to one of them, or null
     * @throws dev.lockstep.tls.setting.ConfigException when none of the suites can be served, or the algorithms that are
     *     permitted leave nothing to negotiate
     */
    public TlsServerConfig config(@Nullable Function<List<String>, @Nullable String> selector) {
        TlsServerConfig config = settings.algorithms().of(context.config(), settings.changedSuites() == null);
        int record = settings.maxSentRecord();
        if (record != config.maxSentRecord()) {
            config = config.toBuilder().maxSentRecord(record).build();
        }
        ConnectionOptions options = options(selector);
        InetAddress client = party.clientAddress();
        if (client != null && config.clientAddress() == null) {
            // the pools on which keys and trust managers block have a share for each client
            options = options.withClientAddress(client);
        }
        return config.with(options);
    }

    /** Returns what the connection does differently from the configuration of its context. */
    public ConnectionOptions options(@Nullable Function<List<String>, @Nullable String> selector) {
        ConnectionOptions options = ConnectionOptions.NONE.withServerNames(this::serves);
        if (settings.changedSuites() != null) {
            options = options.withCipherSuites(settings.algorithms().suites(settings.changedSuites()));
        }
        if (settings.changedSuiteOrder() != null) {
            options = options.withSuiteOrder(settings.changedSuiteOrder());
        }
        if (settings.changedDemand() != null) {
            options = options.withClientAuthentication(authentication(settings.changedDemand()));
        }
        if (selector != null) {
            options = options.withApplicationProtocolSelector(new Selection(selector));
        } else if (settings.changedProtocols() != null) {
            options = options.withApplicationProtocols(settings.changedProtocols());
        }
        CredentialSelector credentials = credentials();
        if (credentials != null) {
            options = options.withSameCredentials(credentials);
        }
        return options;
    }

    private HandshakeSession handshake() {
        return party.handshakeSession();
    }

    /** The configuration's own test counts beside the matchers, which the application has added to it. */
    private boolean serves(String host) {
        handshake().asksFor(host);
        return Asked.by(party, () -> matches(host))
                && context.config().serverNames().test(host);
    }

    /** SNIMatcher: "The method is used by the server to [...] match the requested server name." No matcher accepts any. */
    private boolean matches(String host) {
        List<SNIMatcher> matchers = settings.matchers();
        if (matchers.isEmpty()) {
            return true;
        }
        SNIHostName name;
        try {
            name = new SNIHostName(host.getBytes(StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return false;
        }
        boolean matched = false;
        for (SNIMatcher matcher : matchers) {
            // all of them are asked: some are there to look at the name
            matched |= matcher.getType() == name.getType() && matcher.matches(name);
        }
        return matched;
    }

    private ClientAuthentication authentication(Demand demand) {
        ClientVerifiers clients = context.clients();
        return switch (demand) {
            case NONE -> ClientAuthentication.none();
            case WANTED -> ClientAuthentication.wanted(clients.verifier(party));
            case REQUIRED -> ClientAuthentication.required(clients.verifier(party));
        };
    }

    private @Nullable CredentialSelector credentials() {
        if (!settings.sessionCreation()) {
            return (request, waker) -> Start.failed(
                    new RefusedException(AlertDescription.HANDSHAKE_FAILURE, "new sessions may not be created"));
        }
        ServerKeys keys = context.keys();
        if (keys != null) {
            return keys.selector(party);
        }
        CredentialSelector configured = context.config().credentialSelector();
        if (configured == null && settings.begun()) {
            // the options of the handshake before stay where they are not replaced, and they may refuse new sessions
            return (request, waker) -> Start.fallThrough();
        }
        return configured;
    }

    /** The application's selector in this library's terms. */
    private final class Selection implements ApplicationProtocolSelector {

        private final Function<List<String>, @Nullable String> selector;

        Selection(Function<List<String>, @Nullable String> selector) {
            this.selector = selector;
        }

        @Override
        public String select(List<String> offered, @Nullable String serverName) {
            String chosen = Asked.by(party, () -> selector.apply(offered));
            // "null to indicate that none of the advertised names are acceptable"; the empty string means no ALPN
            if (chosen == null || (!chosen.isEmpty() && !offered.contains(chosen))) {
                throw new RefusedException(
                        AlertDescription.NO_APPLICATION_PROTOCOL,
                        "the selector accepts none of the client's protocols");
            }
            return chosen;
        }

        @Override
        public String select(List<String> offered, @Nullable String serverName, CipherSuite suite) {
            handshake().uses(suite);
            return select(offered, serverName);
        }
    }
}
