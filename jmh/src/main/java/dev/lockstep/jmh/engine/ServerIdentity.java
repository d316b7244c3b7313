package dev.lockstep.jmh.engine;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A fresh key and a self-signed certificate, the same for every engine of a run. */
public record ServerIdentity(PrivateKey key, X509Certificate certificate) {

    /** Makes one for the scenario's kind of certificate. */
    public static ServerIdentity create(Scenario scenario) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(scenario.isEcdsa() ? "EC" : "RSA");
        if (scenario.isEcdsa()) {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        } else {
            generator.initialize(2048);
        }
        KeyPair pair = generator.generateKeyPair();
        X500Principal name = new X500Principal("CN=localhost");
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.valueOf(now.toEpochMilli()),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(Duration.ofDays(2))),
                name,
                pair.getPublic());
        try {
            JcaContentSignerBuilder signer =
                    new JcaContentSignerBuilder(scenario.isEcdsa() ? "SHA256withECDSA" : "SHA256withRSA");
            return new ServerIdentity(
                    pair.getPrivate(),
                    new JcaX509CertificateConverter().getCertificate(builder.build(signer.build(pair.getPrivate()))));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException("cannot sign the certificate", e);
        }
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
}
