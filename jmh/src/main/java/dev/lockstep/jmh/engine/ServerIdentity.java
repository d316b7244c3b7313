package dev.lockstep.jmh.engine;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A fresh key and a self-signed certificate, the same for every engine of a run. */
public record ServerIdentity(PrivateKey key, X509Certificate certificate) {

    /** Makes one for the scenario's kind of certificate. */
    public static ServerIdentity create(Scenario scenario) throws GeneralSecurityException {
        KeyPair pair = Certificates.keyPair(scenario.isEcdsa());
        String name = "CN=localhost";
        return new ServerIdentity(
                pair.getPrivate(), Certificates.issue(name, pair.getPrivate(), name, pair.getPublic(), false));
    }

    /** For the engines that are configured through the JDK's interfaces. */
    KeyManager[] keyManagers() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", key, new char[0], new Certificate[] {certificate});
            KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
            factory.init(store, new char[0]);
            return factory.getKeyManagers();
        } catch (IOException e) {
            throw new GeneralSecurityException("cannot fill a key store in memory", e);
        }
    }

    /** The authority that the client's certificate is from, and others, so that there are {@code count}. */
    public static List<X509Certificate> authorities(int count) throws GeneralSecurityException {
        List<X509Certificate> all = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            KeyPair pair = Certificates.keyPair(true);
            String name = "CN=Authority " + i + ", O=Others that issue certificates";
            all.add(Certificates.issue(name, pair.getPrivate(), name, pair.getPublic(), true));
        }
        all.add(ClientIdentity.SAME.authority());
        return all;
    }

    /** What checks clients where the scenario asks for their certificates. */
    static TrustManager @Nullable [] trustManagers(Scenario scenario) throws GeneralSecurityException {
        if (!scenario.hasClientCertificate()) {
            return null;
        }
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setCertificateEntry("clients", ClientIdentity.SAME.authority());
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            return factory.getTrustManagers();
        } catch (IOException e) {
            throw new GeneralSecurityException("cannot fill a key store in memory", e);
        }
    }
}
