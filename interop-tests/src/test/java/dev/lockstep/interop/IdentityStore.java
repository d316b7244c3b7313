package dev.lockstep.interop;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import org.jspecify.annotations.Nullable;

/** A client's certificate and key as PKCS#12, for those who do not read PEM. */
final class IdentityStore {
    static final String PASSWORD = "interop";
    /** The only entry. */
    static final String ALIAS = "client";

    private IdentityStore() {}

    /** What {@code SSLContext.init} takes; null for no identity. */
    static KeyManager @Nullable [] managers(@Nullable KeyMaterial identity)
            throws GeneralSecurityException, IOException {
        if (identity == null) {
            return null;
        }
        // "PKIX" wants to know more of the connection than Conscrypt's sockets tell it.
        KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
        factory.init(load(identity), PASSWORD.toCharArray());
        return factory.getKeyManagers();
    }

    static Path write(KeyMaterial identity, Path file) throws GeneralSecurityException, IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            load(identity).store(out, PASSWORD.toCharArray());
        }
        return file;
    }

    private static KeyStore load(KeyMaterial identity) throws GeneralSecurityException, IOException {
        Certificate[] chain;
        try (InputStream in = Files.newInputStream(identity.chain())) {
            chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .toArray(Certificate[]::new);
        }
        String pem = Files.readString(identity.key()).replaceAll("-----[A-Z ]+-----", "");
        PrivateKey key = KeyFactory.getInstance(chain[0].getPublicKey().getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem)));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(ALIAS, key, PASSWORD.toCharArray(), chain);
        return store;
    }
}
