package dev.lockstep.jsse.manager;

import dev.lockstep.tls.peer.ClientCertificateVerifier;
import dev.lockstep.tls.setting.ConfigException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.Callable;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What this Java installation trusts: hundreds of authorities, read when an engine needs them first, and tried again for the
 * next one where that has failed. Thread-safe.
 */
final class JavaDefaults implements ClientVerifiers {

    /** One for all contexts. */
    static final JavaDefaults SHARED = new JavaDefaults(JavaDefaults::managers);

    private final Callable<TrustManager[]> source;
    private volatile @Nullable ClientVerifiers loaded;

    JavaDefaults(Callable<TrustManager[]> source) {
        this.source = source;
    }

    /** @throws ConfigException when they cannot be read */
    @Override
    public ClientCertificateVerifier verifier(Party party) {
        ClientVerifiers verifiers = loaded;
        if (verifiers == null) {
            verifiers = load();
            loaded = verifiers;
        }
        return verifiers.verifier(party);
    }

    /** Reads them. */
    static TrustManager[] managers() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        return factory.getTrustManagers();
    }

    private ClientVerifiers load() {
        try {
            return ClientVerifiers.of(source.call());
        } catch (Exception e) { // of the provider, or of the file that javax.net.ssl.trustStore names
            throw new ConfigException(
                    "clientAuthentication",
                    "the authorities that this Java installation trusts cannot be read: " + e.getMessage(),
                    "see javax.net.ssl.trustStore, or give a trust manager",
                    e);
        }
    }
}
