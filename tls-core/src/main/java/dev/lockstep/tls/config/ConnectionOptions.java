package dev.lockstep.tls.config;

import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.tls.credential.CredentialSelector;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.CipherSuite;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The settings in which one connection differs from its server's configuration. {@link TlsServerConfig#with} checks and
 * applies them. Immutable; start with {@link #NONE}.
 */
public final class ConnectionOptions {

    /** No differences: everything as configured. */
    public static final ConnectionOptions NONE = new ConnectionOptions();

    private @Nullable List<CipherSuite> cipherSuites;
    private @Nullable SuiteOrder suiteOrder;
    private @Nullable List<String> applicationProtocols;
    private @Nullable ApplicationProtocolSelector applicationProtocolSelector;
    private @Nullable CredentialSelector credentialSelector;

    /** What sessions under the selector are bound to besides; empty where they are those of the configuration. */
    private byte[] selectorContext = {};

    private @Nullable ClientAuthentication clientAuthentication;
    private @Nullable Predicate<String> serverNames;
    private @Nullable InetAddress clientAddress;

    private ConnectionOptions() {}

    private ConnectionOptions(ConnectionOptions that) {
        cipherSuites = that.cipherSuites;
        suiteOrder = that.suiteOrder;
        applicationProtocols = that.applicationProtocols;
        applicationProtocolSelector = that.applicationProtocolSelector;
        credentialSelector = that.credentialSelector;
        selectorContext = that.selectorContext;
        clientAuthentication = that.clientAuthentication;
        serverNames = that.serverNames;
        clientAddress = that.clientAddress;
    }

    /**
     * Returns these options with these cipher suites, most preferred first.
     *
     * @throws ConfigException when the list is empty or has one twice
     */
    public ConnectionOptions withCipherSuites(List<CipherSuite> suites) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.cipherSuites = FieldChecks.distinct("cipherSuites", suites);
        return changed;
    }

    /** Returns these options with another {@link TlsServerConfig#suiteOrder}. */
    public ConnectionOptions withSuiteOrder(SuiteOrder order) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.suiteOrder = Objects.requireNonNull(order, "suiteOrder");
        return changed;
    }

    /**
     * Returns these options with these ALPN protocols, most preferred first; an empty list turns ALPN off. They also replace
     * the configuration's selector.
     *
     * @throws ConfigException if a name does not have 1 to 255 bytes, or is given twice
     */
    public ConnectionOptions withApplicationProtocols(List<String> protocols) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.applicationProtocols = FieldChecks.protocols("applicationProtocols", protocols);
        return changed;
    }

    /** Returns these options with a selector of the application protocol. */
    public ConnectionOptions withApplicationProtocolSelector(ApplicationProtocolSelector selector) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.applicationProtocolSelector = Objects.requireNonNull(selector, "applicationProtocolSelector");
        return changed;
    }

    /**
     * Returns these options with a selector of credentials; the configured ones are its fallback. Where no credential is
     * configured, sessions that begin with these options are resumed only with them: keep them for as long as that.
     */
    public ConnectionOptions withCredentialSelector(CredentialSelector selector) {
        return with(Objects.requireNonNull(selector, "credentialSelector"), ServerSettings.unique());
    }

    /**
     * Returns these options with one of the selectors of an application that makes one for each connection, and all for the
     * same keys: sessions of the configuration are resumed whichever of them it has.
     */
    public ConnectionOptions withSameCredentials(CredentialSelector selector) {
        return with(Objects.requireNonNull(selector, "sameCredentials"), new byte[0]);
    }

    private ConnectionOptions with(CredentialSelector selector, byte[] context) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.credentialSelector = selector;
        changed.selectorContext = context;
        return changed;
    }

    /** Returns these options with a client-authentication policy, which applies whatever host name the client asks for. */
    public ConnectionOptions withClientAuthentication(ClientAuthentication policy) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.clientAuthentication = Objects.requireNonNull(policy, "clientAuthentication");
        return changed;
    }

    /**
     * Returns these options with a test of the host name that the client asks for. If it returns false, the handshake fails
     * with unrecognized_name (RFC 6066 section 3). The connection calls it on its driving thread, in every handshake whose
     * client sends a name, including resumptions and renegotiations, before any asynchronous operation.
     */
    public ConnectionOptions withServerNames(Predicate<String> accepted) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.serverNames = Objects.requireNonNull(accepted, "serverNames");
        return changed;
    }

    /**
     * Returns these options with the client's address. Requests to keys and verifiers carry it, so that they can limit the
     * resources of each client.
     */
    public ConnectionOptions withClientAddress(InetAddress address) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.clientAddress = Objects.requireNonNull(address, "clientAddress");
        return changed;
    }

    /**
     * Returns whether the suites that can be served must be found afresh: a selector may bring a credential for suites that
     * had none, and a required certificate excludes pre-shared keys.
     */
    boolean changesSuites(ServerSettings before) {
        return cipherSuites != null
                || (credentialSelector != null && before.credentialSelector == null)
                || (clientAuthentication != null && before.pskSource != null);
    }

    /** Returns whether the policies for client certificates must be completed afresh. */
    boolean changesClientAuthentication() {
        return clientAuthentication != null;
    }

    /** Puts what is given into settings. */
    void applyTo(ServerSettings settings) {
        if (cipherSuites != null) {
            settings.cipherSuites = cipherSuites;
        }
        if (suiteOrder != null) {
            settings.suiteOrder = suiteOrder;
        }
        if (applicationProtocols != null) {
            settings.applicationProtocols = applicationProtocols;
            settings.applicationProtocolSelector = null;
        }
        if (applicationProtocolSelector != null) {
            settings.applicationProtocolSelector = applicationProtocolSelector;
        }
        if (credentialSelector != null) {
            if (selectorContext.length > 0 && !credentialSelector.equals(settings.credentialSelector)) {
                settings.ownContext = HashAlgorithm.SHA256.digest(settings.ownContext, selectorContext);
            }
            settings.credentialSelector = credentialSelector;
        }
        if (clientAuthentication != null) {
            settings.clientAuthentication = clientAuthentication;
            settings.clientAuthenticationByHost = Map.of();
        }
        if (serverNames != null) {
            settings.serverNames = serverNames;
        }
        if (clientAddress != null) {
            settings.clientAddress = clientAddress;
        }
    }
}
