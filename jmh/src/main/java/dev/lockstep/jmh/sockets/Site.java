package dev.lockstep.jmh.sockets;

import dev.lockstep.jmh.engine.Scenario;
import dev.lockstep.jmh.engine.ServerIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What every server of a run is given: one certificate with its key. The key is made for the run, and its
 * directory is deleted at the end.
 *
 * @param directory of temporary files, for this user alone
 * @param chain the certificate's file
 * @param key the key's file, PKCS#8
 * @param certificate what clients must see
 */
record Site(Path directory, Path chain, Path key, X509Certificate certificate) implements AutoCloseable {
    /** Suite, group and kind of certificate, for all servers. */
    static final Scenario SCENARIO = Scenario.ECDHE_ECDSA_X25519;

    /** The suite as OpenSSL spells it. */
    static final String SUITE = "ECDHE-ECDSA-AES128-GCM-SHA256";

    static final String HOST = "127.0.0.1";

    /** Bytes of an answer with its head, as many as {@code serve --http} sends. */
    static final int ANSWER = 1000;

    static Site create() throws IOException, GeneralSecurityException {
        ServerIdentity identity = ServerIdentity.create(SCENARIO);
        Path directory = Files.createTempDirectory("lockstep-sockets");
        Path chain = Files.writeString(
                directory.resolve("chain.pem"),
                pem("CERTIFICATE", identity.certificate().getEncoded()));
        Path key = Files.createFile(
                directory.resolve("key.pem"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, pem("PRIVATE KEY", identity.key().getEncoded()));
        return new Site(directory, chain, key, identity.certificate());
    }

    /** A page's text of {@code length} bytes. */
    static String body(int length) {
        return "<p>A page.</p>" + " ".repeat(length - "<p>A page.</p>".length() - 1) + "\n";
    }

    private static String pem(String label, byte[] der) {
        String lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
    }

    @Override
    public void close() throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.deleteIfExists(file);
        }
    }
}
