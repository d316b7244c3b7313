package dev.lockstep.tls.config;

import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.CipherSuite;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one connection does differently from its server's configuration; {@link TlsServerConfig#with} checks it and makes
 * the configuration of that connection. Immutable; start with {@link #NONE}.
 *
 * @param cipherSuites exactly these suites, most preferred first; null as configured
 * @param applicationProtocols exactly these ALPN names, most preferred first, empty for no ALPN; null as configured
 * @param applicationProtocolSelector chooses the protocol; null as configured, or for none where
 *     {@code applicationProtocols} is given
 * @param clientAuthentication the policy for this client, whatever host name it asks for; null as configured
 * @param clientAddress where the client is, which requests to keys and verifiers carry so that they can bound what one
 *     client takes up; null where it is not known
 */
public record ConnectionOptions(
        @Nullable List<CipherSuite> cipherSuites,
        @Nullable List<String> applicationProtocols,
        @Nullable ApplicationProtocolSelector applicationProtocolSelector,
        @Nullable ClientAuthentication clientAuthentication,
        @Nullable InetAddress clientAddress) {

    /** Everything as configured. */
    public static final ConnectionOptions NONE = new ConnectionOptions(null, null, null, null, null);

    /**
     * Checks and copies the lists.
     *
     * @throws ConfigException when a list of suites is empty or has one twice, or a protocol has not 1 to 255 bytes
     */
    public ConnectionOptions {
        cipherSuites = cipherSuites == null ? null : FieldChecks.distinct("cipherSuites", cipherSuites);
        applicationProtocols = applicationProtocols == null
                ? null
                : FieldChecks.protocols("applicationProtocols", applicationProtocols);
    }

    /** These options with {@link #cipherSuites}. */
    public ConnectionOptions withCipherSuites(List<CipherSuite> suites) {
        return new ConnectionOptions(
                Objects.requireNonNull(suites, "cipherSuites"),
                applicationProtocols,
                applicationProtocolSelector,
                clientAuthentication,
                clientAddress);
    }

    /** These options with {@link #applicationProtocols}. */
    public ConnectionOptions withApplicationProtocols(List<String> protocols) {
        return new ConnectionOptions(
                cipherSuites,
                Objects.requireNonNull(protocols, "applicationProtocols"),
                applicationProtocolSelector,
                clientAuthentication,
                clientAddress);
    }

    /** These options with an {@link #applicationProtocolSelector}. */
    public ConnectionOptions withApplicationProtocolSelector(ApplicationProtocolSelector selector) {
        return new ConnectionOptions(
                cipherSuites,
                applicationProtocols,
                Objects.requireNonNull(selector, "applicationProtocolSelector"),
                clientAuthentication,
                clientAddress);
    }

    /** These options with {@link #clientAuthentication}. */
    public ConnectionOptions withClientAuthentication(ClientAuthentication policy) {
        return new ConnectionOptions(
                cipherSuites,
                applicationProtocols,
                applicationProtocolSelector,
                Objects.requireNonNull(policy, "clientAuthentication"),
                clientAddress);
    }

    /** These options with {@link #clientAddress}. */
    public ConnectionOptions withClientAddress(InetAddress address) {
        return new ConnectionOptions(
                cipherSuites,
                applicationProtocols,
                applicationProtocolSelector,
                clientAuthentication,
                Objects.requireNonNull(address, "clientAddress"));
    }

    /** Puts what is given into settings. */
    void applyTo(ServerSettings settings) {
        if (cipherSuites != null) {
            settings.cipherSuites = cipherSuites;
        }
        if (applicationProtocols != null) {
            settings.applicationProtocols = applicationProtocols;
            settings.applicationProtocolSelector = null;
        }
        if (applicationProtocolSelector != null) {
            settings.applicationProtocolSelector = applicationProtocolSelector;
        }
        if (clientAuthentication != null) {
            settings.clientAuthentication = clientAuthentication;
            settings.clientAuthenticationByHost = Map.of();
        }
        if (clientAddress != null) {
            settings.clientAddress = clientAddress;
        }
    }
}
