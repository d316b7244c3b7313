package dev.lockstep.server;

import dev.lockstep.server.demo.ThrowawayCa;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.util.io.pem.PemObject;

/** A throw-away authority and what it issued, as files in one directory. */
public final class TestFiles {

    public static final String PASSWORD = "open sesame";

    public final Path directory;
    public final ThrowawayCa ca;
    public final Path caCert;
    public final KeyPair rsa;
    public final X509Certificate rsaCertificate;
    public final Path rsaCert;
    public final Path rsaKey;
    public final KeyPair ec;
    public final X509Certificate ecCertificate;
    public final Path ecCert;
    public final Path ecKey;

    public TestFiles(Path directory) throws Exception {
        this.directory = directory;
        ca = new ThrowawayCa(Instant.now());
        caCert = write("ca.pem", ThrowawayCa.pem(ca.certificate()));
        rsa = ca.rsa();
        rsaCertificate = ca.issueForLocalhost(rsa);
        rsaCert = write("rsa.pem", ThrowawayCa.pem(rsaCertificate));
        rsaKey = write("rsa.key", pkcs8(rsa));
        ec = ca.ec();
        ecCertificate = ca.issueForLocalhost(ec);
        ecCert = write("ec.pem", ThrowawayCa.pem(ecCertificate));
        ecKey = write("ec.key", pkcs8(ec));
    }

    public Path write(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------")); // else it is warned of
        return file;
    }

    public static String pkcs8(KeyPair keys) throws IOException {
        return ThrowawayCa.pem(new JcaPKCS8Generator(keys.getPrivate(), null).generate());
    }

    /** PKCS#1 for RSA, SEC1 for EC. */
    public static String traditional(KeyPair keys) throws IOException {
        if (!(keys.getPrivate() instanceof java.security.interfaces.ECPrivateKey key)) {
            return ThrowawayCa.pem(keys.getPrivate());
        }
        PrivateKeyInfo info = PrivateKeyInfo.getInstance(key.getEncoded());
        ECPrivateKey sec1 = new ECPrivateKey(
                key.getParams().getOrder().bitLength(),
                key.getS(),
                info.getPrivateKeyAlgorithm().getParameters());
        return ThrowawayCa.pem(new PemObject("EC PRIVATE KEY", sec1.getEncoded()));
    }

    public static String pbes2(KeyPair keys) throws Exception {
        OutputEncryptor encryptor = new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                .setProvider(new BouncyCastleProvider())
                .setIterationCount(2048)
                .setPassword(PASSWORD.toCharArray())
                .build();
        if (!encryptor.getAlgorithmIdentifier().getAlgorithm().equals(PKCSObjectIdentifiers.id_PBES2)) {
            throw new AssertionError("not PBES2");
        }
        return ThrowawayCa.pem(new JcaPKCS8Generator(keys.getPrivate(), encryptor).generate());
    }

    /** The form of OpenSSL before 1.0: DEK-Info, one round of MD5. */
    public static String oldEncrypted(KeyPair keys) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(
                    keys.getPrivate(),
                    new org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder("AES-128-CBC")
                            .setProvider(new BouncyCastleProvider())
                            .build(PASSWORD.toCharArray()));
        }
        return text.toString();
    }

    public static KeyPair keys(String algorithm, String curve) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (curve != null) {
            generator.initialize(new ECGenParameterSpec(curve));
        } else if (algorithm.startsWith("RSA")) {
            generator.initialize(2048); // newer JDKs make longer ones by default
        }
        return generator.generateKeyPair();
    }
}
