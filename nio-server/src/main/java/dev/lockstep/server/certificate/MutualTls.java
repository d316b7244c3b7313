package dev.lockstep.server.certificate;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.pem.CertificateChain;
import dev.lockstep.server.pem.PemFiles;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.tls.credential.Credential;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The TLS settings of the line between a key server and its clients, from PEM files. */
public final class MutualTls {

    private MutualTls() {}

    /** A certificate of one's own with its key, and those that are trusted. */
    private record Managers(KeyManagerFactory keys, TrustManagerFactory trust) {}

    /**
     * A context with a certificate of its own that trusts one authority.
     *
     * @param prefix of the option names: {@code --tls}
     * @param reading has the password of an encrypted key
     */
    public static SSLContext context(
            String prefix, Path cert, Path key, Reading reading, String caOption, Path ca, Instant now)
            throws UsageError {
        Managers managers = managers(prefix, cert, key, reading, caOption, ca, now);
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.keys().getKeyManagers(), managers.trust().getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw unusable(prefix, e);
        }
    }

    /** As {@link #context}, for the end of the key server. */
    public static MutualTlsServer server(
            String prefix, Path cert, Path key, Reading reading, String caOption, Path ca, Instant now)
            throws UsageError {
        Managers managers = managers(prefix, cert, key, reading, caOption, ca, now);
        for (TrustManager each : managers.trust().getTrustManagers()) {
            if (each instanceof X509TrustManager trust) {
                return new MutualTlsServer(managers.keys().getKeyManagers(), trust);
            }
        }
        throw unusable(prefix, new GeneralSecurityException("there is no X.509 trust manager"));
    }

    private static Managers managers(
            String prefix, Path cert, Path key, Reading reading, String caOption, Path ca, Instant now)
            throws UsageError {
        List<X509Certificate> chain = CertificateChain.load(prefix + "-cert", cert, now, reading);
        PrivateKey own = PemFiles.privateKey(prefix + "-key", key, reading);
        List<X509Certificate> authorities = PemFiles.certificates(caOption, ca, reading);
        try {
            Credential.local(chain, own); // a key store would take any pair
            return managers(own, chain, authorities);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw unusable(prefix, e);
        }
    }

    private static UsageError unusable(String prefix, Exception cause) {
        return new UsageError(
                prefix + "-key",
                "certificate and key cannot be used for TLS (" + cause.getMessage() + ")",
                "give the key that the certificate was issued for");
    }

    private static Managers managers(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> authorities)
            throws IOException, GeneralSecurityException {
        char[] none = new char[0];
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        own.setKeyEntry("own", key, none, chain.toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, none);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            trusted.setCertificateEntry("authority " + i, authorities.get(i));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        return new Managers(keys, trust);
    }
}
