package dev.lockstep.tls.config;

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
 * What one connection does differently from its server's configuration; {@link TlsServerConfig#with} checks it and makes
 * the configuration of that connection. Immutable; start with {@link #NONE}.
 */
public final class ConnectionOptions {

    /** Everything as configured. */
    public static final ConnectionOptions NONE = new ConnectionOptions();

    private @Nullable List<CipherSuite> cipherSuites;
    private @Nullable SuiteOrder suiteOrder;
    private @Nullable List<String> applicationProtocols;
    private @Nullable ApplicationProtocolSelector applicationProtocolSelector;
    private @Nullable CredentialSelector credentialSelector;
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
        clientAuthentication = that.clientAuthentication;
        serverNames = that.serverNames;
        clientAddress = that.clientAddress;
    }

    /**
     * These options with exactly these suites, most preferred first.
     *
     * @throws ConfigException when the list is empty or has one twice
     */
    public ConnectionOptions withCipherSuites(List<CipherSuite> suites) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.cipherSuites = FieldChecks.distinct("cipherSuites", suites);
        return changed;
    }

    /** These options with another {@link TlsServerConfig#suiteOrder}. */
    public ConnectionOptions withSuiteOrder(SuiteOrder order) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.suiteOrder = Objects.requireNonNull(order, "suiteOrder");
        return changed;
    }

    /**
     * These options with exactly these ALPN names, most preferred first; empty for no ALPN. They take the place of the
     * configuration's selector too.
     *
     * @throws ConfigException when a name has not 1 to 255 bytes
     */
    public ConnectionOptions withApplicationProtocols(List<String> protocols) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.applicationProtocols = FieldChecks.protocols("applicationProtocols", protocols);
        return changed;
    }

    /** These options with a selector that chooses the protocol. */
    public ConnectionOptions withApplicationProtocolSelector(ApplicationProtocolSelector selector) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.applicationProtocolSelector = Objects.requireNonNull(selector, "applicationProtocolSelector");
        return changed;
    }

    /** These options with a selector that chooses the credential; the configured ones are its fall-back. */
    public ConnectionOptions withCredentialSelector(CredentialSelector selector) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.credentialSelector = Objects.requireNonNull(selector, "credentialSelector");
        return changed;
    }

    /** These options with a policy for this client, whatever host name it asks for. */
    public ConnectionOptions withClientAuthentication(ClientAuthentication policy) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.clientAuthentication = Objects.requireNonNull(policy, "clientAuthentication");
        return changed;
    }

    /**
     * These options with a test of the host name that the client asks for. It is called in every handshake whose client sends
     * one, resumptions and renegotiations too, on the thread that drives the connection, and before any other question. Where it
     * answers false, the handshake ends with unrecognized_name (RFC 6066 section 3).
     */
    public ConnectionOptions withServerNames(Predicate<String> accepted) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.serverNames = Objects.requireNonNull(accepted, "serverNames");
        return changed;
    }

    /**
     * These options with the address of the client, which requests to keys and verifiers carry so that they can bound what
     * one client takes up.
     */
    public ConnectionOptions withClientAddress(InetAddress address) {
        ConnectionOptions changed = new ConnectionOptions(this);
        changed.clientAddress = Objects.requireNonNull(address, "clientAddress");
        return changed;
    }

    /** Whether the suites that can be served must be found afresh. */
    boolean changesSuites() {
        return cipherSuites != null;
    }

    /** Whether the policies for client certificates must be completed afresh. */
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
