package dev.lockstep.jsse.manager;

import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.setting.ConfigException;
import java.security.GeneralSecurityException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Where the verifiers come from that judge client certificates when an engine asks for them. */
@FunctionalInterface
public interface ClientVerifiers {

    /** Returns the verifier of one connection. */
    ClientCertificateVerifier verifier(Party party);

    /**
     * Returns the first of these managers that judges X.509 certificates, as {@code SSLContext.init} prescribes; the default one of
     * this Java installation where the array is null.
     *
     * @throws GeneralSecurityException when the default one cannot be made
     */
    static ClientVerifiers of(TrustManager @Nullable [] managers) throws GeneralSecurityException {
        TrustManager[] given = managers != null ? managers : JavaDefaults.managers();
        for (TrustManager manager : given) {
            if (manager instanceof X509TrustManager x509) {
                TrustManagerVerifier.Source source = new TrustManagerVerifier.Source(x509);
                return source::verifier;
            }
        }
        return party -> {
            throw new ConfigException(
                    "clientAuthentication",
                    "the context has no trust manager to judge client certificates",
                    "give one to SSLContext.init, or ask clients for none");
        };
    }

    /** Returns the configuration's own verifier; where it asks for no certificates, the default trust manager. */
    static ClientVerifiers of(TlsServerConfig config) {
        ClientAuthentication configured = config.clientAuthentication(null);
        if (configured.asks()) {
            return party -> configured.verifier();
        }
        return JavaDefaults.SHARED;
    }
}
