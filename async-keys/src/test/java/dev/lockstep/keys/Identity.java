package dev.lockstep.keys;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A self-signed certificate with its key, made once per JVM. */
public enum Identity {
    RSA("RSA", "SHA256withRSA"),
    OTHER_RSA("RSA", "SHA256withRSA"),
    EC("EC", "SHA256withECDSA");

    private final KeyPair keys;
    private final X509Certificate certificate;

    Identity(String algorithm, String signature) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else {
                generator.initialize(2048);
            }
            keys = generator.generateKeyPair();
            X500Name name = new X500Name("CN=" + name().toLowerCase(java.util.Locale.ROOT) + ".test");
            Instant now = Instant.now();
            certificate = new JcaX509CertificateConverter()
                    .getCertificate(new JcaX509v3CertificateBuilder(
                                    name,
                                    BigInteger.valueOf(ordinal() + 1L),
                                    Date.from(now.minus(Duration.ofDays(1))),
                                    Date.from(now.plus(Duration.ofDays(1))),
                                    name,
                                    keys.getPublic())
                            .build(new JcaContentSignerBuilder(signature).build(keys.getPrivate())));
        } catch (Exception e) { // boundary: an enum constructor cannot throw checked exceptions
            throw new IllegalStateException(e);
        }
    }

    public List<X509Certificate> chain() {
        return List.of(certificate);
    }

    public PrivateKey key() {
        return keys.getPrivate();
    }

    public InMemoryKey local() {
        return InMemoryKey.of(key(), new java.security.SecureRandom());
    }
}
