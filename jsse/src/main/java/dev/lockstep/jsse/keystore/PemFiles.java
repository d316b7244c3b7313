package dev.lockstep.jsse.keystore;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.setting.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The PEM files that a key store names. */
final class PemFiles {

    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final int LONGEST_FILE = 1 << 20;

    private PemFiles() {}

    /** Reads certificates, at least one. */
    static List<X509Certificate> certificates(Path path) throws IOException {
        String fix = "; give a file with -----BEGIN CERTIFICATE-----, the server's own certificate first";
        try {
            List<X509Certificate> chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(withoutIndent(content(path))))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
            if (chain.isEmpty()) {
                throw new IOException("key store: " + path + " has no certificate" + fix);
            }
            return chain;
        } catch (CertificateException e) {
            throw new IOException("key store: " + path + " is no file of certificates in PEM" + fix, e);
        }
    }

    /** The JDK 17 passes over a block that does not begin at the beginning of a line, and says nothing. */
    private static byte[] withoutIndent(byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        return text.contains("-----BEGIN ")
                ? text.lines()
                        .map(String::strip)
                        .collect(Collectors.joining("\n"))
                        .getBytes(StandardCharsets.ISO_8859_1)
                : content;
    }

    /**
     * Reads a file, without a byte order mark. The messages of the file system's own exceptions are only the name of the file,
     * or not even that.
     */
    static byte[] content(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException("key store: " + path + " is a directory; give a file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(LONGEST_FILE + 1);
            if (content.length > LONGEST_FILE) {
                Arrays.fill(content, (byte) 0);
                throw new IOException(
                        "key store: " + path + " is too long for a key or for certificates; is it the right file?");
            }
            return StoreFile.withoutMark(content);
        } catch (NoSuchFileException e) {
            throw new IOException("key store: " + path + " does not exist; check the path", e);
        } catch (AccessDeniedException e) {
            throw new IOException(
                    "key store: " + path + " cannot be read by the user " + System.getProperty("user.name")
                            + "; check its permissions and those of the directories above it",
                    e);
        }
    }

    /** Reads an unencrypted key in PKCS#8. */
    static PrivateKey privateKey(Path path, String algorithm) throws IOException {
        byte[] content = content(path);
        byte[] der = null;
        try {
            String text = new String(content, StandardCharsets.ISO_8859_1);
            int begin = text.indexOf(BEGIN);
            int end = text.indexOf(END);
            if (begin < 0 || end < begin) {
                throw new IOException("key store: " + path + " has no block '" + BEGIN
                        + "'; convert it with openssl pkcs8 -topk8 -nocrypt");
            }
            if (text.indexOf(BEGIN, end) >= 0) {
                throw new IOException("key store: " + path + " has several keys; give each a file of its own");
            }
            der = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(
                    "key store: " + path + " does not hold a key of the certificate's kind (" + algorithm
                            + "); give the key that the certificate was issued for",
                    e);
        } finally {
            Arrays.fill(content, (byte) 0);
            if (der != null) {
                Arrays.fill(der, (byte) 0);
            }
        }
    }

    /**
     * Tries a key out with a signature.
     *
     * @param place of the key, for the message
     * @throws IOException when it is not that of the certificate, or the certificate cannot be used
     */
    static void requirePair(Path certificate, List<X509Certificate> chain, String place, PrivateKey key)
            throws IOException {
        try {
            Credential.local(chain, key);
        } catch (ConfigException e) {
            String what = e.field().equals("key")
                    ? place + " is not the key of the certificate in " + certificate
                            + "; give the key that the certificate was issued for"
                    : certificate + " cannot be used: " + e.reason() + "; " + e.fix();
            throw new IOException("key store: " + what, e);
        }
    }

    /** Hashes the contents of files, to see later whether they have changed. */
    static List<String> digests(List<Path> paths) throws IOException {
        List<String> digests = new ArrayList<>();
        for (Path path : paths) {
            digests.add(HexFormat.of().formatHex(sha256(path)));
        }
        return digests;
    }

    private static byte[] sha256(Path path) throws IOException {
        byte[] content = content(path);
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    /** Returns the JDK's TLS for the line to a key server: with a certificate of its own, it trusts one authority. */
    static SSLContext mutualTls(Path certificate, Path key, Path authority) throws IOException {
        List<X509Certificate> chain = certificates(certificate);
        PrivateKey own = privateKey(key, chain.get(0).getPublicKey().getAlgorithm());
        requirePair(certificate, chain, key.toString(), own);
        char[] none = new char[0];
        try {
            KeyStore identity = empty();
            identity.setKeyEntry("own", own, none, chain.toArray(X509Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(identity, none);
            KeyStore trusted = empty();
            for (X509Certificate each : certificates(authority)) {
                trusted.setCertificateEntry("authority " + trusted.size(), each);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS", "SunJSSE");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("key store: " + certificate + " and " + key + " cannot be used for TLS", e);
        }
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
