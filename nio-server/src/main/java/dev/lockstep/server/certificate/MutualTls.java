package dev.lockstep.server.certificate;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.pem.CertificateChain;
import dev.lockstep.server.pem.PemFiles;
import dev.lockstep.server.pem.Reading;
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
import javax.net.ssl.TrustManagerFactory;

/** The TLS settings of the line between a key server and its clients, from PEM files. */
public final class MutualTls {

    private MutualTls() {}

    /** A certificate of one's own with its key. */
    private record Own(PrivateKey key, List<X509Certificate> chain) {}

    /**
     * A context with a certificate of its own that trusts one authority.
     *
     * @param prefix of the option names: {@code --tls}
     * @param reading has the password of an encrypted key
     */
    public static SSLContext context(
            String prefix, Path cert, Path key, Reading reading, String caOption, Path ca, Instant now)
            throws UsageError {
        Own own = own(prefix, cert, key, reading, now);
        List<X509Certificate> authorities = PemFiles.certificates(caOption, ca, reading);
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(own).getKeyManagers(), trust(authorities).getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(prefix, e);
        }
    }

    /**
     * The end of the key server, with a certificate of its own.
     *
     * @param prefix of the option names: {@code --tls}
     * @param reading has the password of an encrypted key
     * @param trust says which clients may connect
     */
    public static MutualTlsServer server(
            String prefix, Path cert, Path key, Reading reading, ClientTrust trust, Instant now) throws UsageError {
        try {
            Own own = own(prefix, cert, key, reading, now);
            return new MutualTlsServer(keys(own).getKeyManagers(), trust);
        } catch (IOException | GeneralSecurityException e) {
            throw unusable(prefix, e);
        }
    }

    private static Own own(String prefix, Path cert, Path key, Reading reading, Instant now) throws UsageError {
        List<X509Certificate> chain = CertificateChain.load(prefix + "-cert", cert, now, reading);
        PrivateKey own = PemFiles.privateKey(prefix + "-key", key, reading);
        KeyMatch.require(prefix + "-cert", cert, chain, prefix + "-key", key, own); // a key store would take any pair
        return new Own(own, chain);
    }

    private static UsageError unusable(String prefix, Exception cause) {
        return new UsageError(
                prefix + "-key",
                "certificate and key cannot be used for TLS (" + cause.getMessage() + ")",
                "give the key that the certificate was issued for");
    }

    private static KeyManagerFactory keys(Own own) throws IOException, GeneralSecurityException {
        char[] none = new char[0];
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", own.key(), none, own.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, none);
        return keys;
    }

    private static TrustManagerFactory trust(List<X509Certificate> authorities)
            throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        for (int i = 0; i < authorities.size(); i++) {
            trusted.setCertificateEntry("authority " + i, authorities.get(i));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        return trust;
    }
}
