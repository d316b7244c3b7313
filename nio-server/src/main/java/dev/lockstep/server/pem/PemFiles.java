package dev.lockstep.server.pem;

import dev.lockstep.server.UsageError;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.jspecify.annotations.Nullable;

/** Certificates and private keys in PEM files, with an error for every way in which a file can be the wrong one. */
public final class PemFiles {

    private static final int LARGEST_FILE = 1 << 20;

    private PemFiles() {}

    /** The certificates of a file in its order; at least one. */
    public static List<X509Certificate> certificates(String option, Path file) throws UsageError {
        List<X509Certificate> certificates = new ArrayList<>();
        boolean privateKey = false;
        try (PemReader reader = new PemReader(new StringReader(text(option, file)))) {
            CertificateFactory x509 = CertificateFactory.getInstance("X.509");
            for (PemObject block = reader.readPemObject(); block != null; block = reader.readPemObject()) {
                if (block.getType().equals("CERTIFICATE") || block.getType().equals("X509 CERTIFICATE")) {
                    InputStream der = new java.io.ByteArrayInputStream(block.getContent());
                    certificates.add((X509Certificate) x509.generateCertificate(der));
                }
                privateKey |= block.getType().endsWith("PRIVATE KEY");
            }
        } catch (IOException | CertificateException | IllegalArgumentException e) {
            throw new UsageError(
                    option, file + " holds a damaged certificate (" + e.getMessage() + ")", "fetch the file again");
        }
        if (certificates.isEmpty()) {
            String cause = privateKey ? " holds a private key and no certificate" : " holds no PEM certificate";
            throw new UsageError(option, file + cause, "give a file with -----BEGIN CERTIFICATE-----, the leaf first");
        }
        return certificates;
    }

    /**
     * The first private key of a file: PKCS#8, PKCS#1, SEC1, or PKCS#8 encrypted with PBES2.
     *
     * @param password for encrypted keys, or null when none was given
     */
    public static PrivateKey privateKey(String option, Path file, char @Nullable [] password) throws UsageError {
        boolean sawCertificate = false;
        ASN1Encodable ecParameters = null;
        try (PEMParser parser = new PEMParser(new StringReader(text(option, file)))) {
            for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
                PrivateKeyInfo info = keyInfo(option, file, block, password);
                if (info != null) {
                    return decode(option, file, info, ecParameters);
                }
                if (block instanceof ASN1ObjectIdentifier || block instanceof X9ECParameters) {
                    ecParameters = (ASN1Encodable) block;
                }
                sawCertificate |= block instanceof org.bouncycastle.cert.X509CertificateHolder;
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageError(
                    option, file + " holds a damaged PEM block (" + e.getMessage() + ")", "export the key again");
        }
        String cause = sawCertificate ? " holds a certificate and no private key" : " holds no PEM private key";
        throw new UsageError(option, file + cause, "give a file with -----BEGIN PRIVATE KEY----- or a kin of it");
    }

    private static @Nullable PrivateKeyInfo keyInfo(String option, Path file, Object block, char @Nullable [] password)
            throws UsageError {
        if (block instanceof PrivateKeyInfo plain) {
            return plain;
        }
        if (block instanceof PEMKeyPair pair) {
            return pair.getPrivateKeyInfo();
        }
        if (block instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
            return decrypt(option, file, encrypted, password);
        }
        if (block instanceof PEMEncryptedKeyPair) {
            throw new UsageError(
                    option,
                    file + " is encrypted in OpenSSL's old form (DEK-Info), whose key derivation is one round of MD5",
                    "convert it: openssl pkcs8 -topk8 -in " + file + " -out key.pem");
        }
        return null;
    }

    private static PrivateKeyInfo decrypt(
            String option, Path file, PKCS8EncryptedPrivateKeyInfo encrypted, char @Nullable [] password)
            throws UsageError {
        if (password == null) {
            throw new UsageError(
                    option,
                    file + " is encrypted and no password was given",
                    "use --key-password-file FILE or the environment variable " + KeyPassword.VARIABLE);
        }
        try {
            // The provider object serves this one call; it is not registered with the JVM.
            return encrypted.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(password));
        } catch (PKCSException | OperatorCreationException | IllegalArgumentException e) {
            throw new UsageError(
                    option,
                    file + " does not open with this password",
                    "check --key-password-file or " + KeyPassword.VARIABLE);
        }
    }

    private static PrivateKey decode(
            String option, Path file, PrivateKeyInfo info, @Nullable ASN1Encodable ecParameters) throws UsageError {
        ASN1ObjectIdentifier oid = info.getPrivateKeyAlgorithm().getAlgorithm();
        String algorithm = algorithm(oid);
        if (algorithm == null) {
            throw new UsageError(
                    option, file + " holds a key of an unknown kind (" + oid + ")", "use RSA, EC, Ed25519 or Ed448");
        }
        try {
            byte[] pkcs8 = (algorithm.equals("EC") ? EcKeyInfo.plain(info, ecParameters) : info).getEncoded();
            PrivateKey key = KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            if (key instanceof RSAKey rsa) {
                KeySizes.requireRsa(option, file + " holds", rsa);
            }
            return key;
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw new UsageError(
                    option,
                    file + " holds an unusable " + algorithm + " key",
                    "use RSA of 2048 bits or more, EC on P-256, P-384 or P-521, Ed25519 or Ed448");
        }
    }

    private static @Nullable String algorithm(ASN1ObjectIdentifier oid) {
        if (oid.equals(PKCSObjectIdentifiers.rsaEncryption)) {
            return "RSA";
        }
        if (oid.equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
            return "RSASSA-PSS";
        }
        if (oid.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
            return "EC";
        }
        if (oid.equals(EdECObjectIdentifiers.id_Ed25519)) {
            return "Ed25519";
        }
        return oid.equals(EdECObjectIdentifiers.id_Ed448) ? "Ed448" : null;
    }

    /** A small text file whole. PEM is ASCII; anything else in the file is somebody's comment. */
    public static String text(String option, Path file) throws UsageError {
        try {
            if (Files.isDirectory(file)) {
                throw new UsageError(option, file + " is a directory", "give a file");
            }
            // Not by Files.size: pipes and devices have none, and some devices have no end either.
            try (InputStream content = Files.newInputStream(file)) {
                byte[] bytes = content.readNBytes(LARGEST_FILE + 1);
                if (bytes.length > LARGEST_FILE) {
                    throw new UsageError(option, file + " is larger than 1 MiB", "give a PEM file");
                }
                return new String(bytes, StandardCharsets.ISO_8859_1);
            }
        } catch (NoSuchFileException e) {
            throw new UsageError(option, file + " does not exist", "check the path");
        } catch (IOException e) {
            throw new UsageError(option, file + " cannot be read", "check its permissions");
        }
    }
}
