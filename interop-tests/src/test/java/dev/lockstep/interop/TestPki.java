package dev.lockstep.interop;

import dev.lockstep.testkit.certificate.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The files every interop test shares: a root, an intermediate, one leaf of each {@link KeyKind} under it, and a
 * second root that issued nothing, for the control that must fail; and a third with certificates of clients.
 */
final class TestPki {
    private final Path trustedRoot;
    private final Path otherRoot;
    private final Map<KeyKind, KeyMaterial> leaves;
    private final Path clientRoot;
    private final Map<KeyKind, KeyMaterial> clients;

    private TestPki(
            Path trustedRoot,
            Path otherRoot,
            Map<KeyKind, KeyMaterial> leaves,
            Path clientRoot,
            Map<KeyKind, KeyMaterial> clients) {
        this.trustedRoot = trustedRoot;
        this.otherRoot = otherRoot;
        this.leaves = leaves;
        this.clientRoot = clientRoot;
        this.clients = clients;
    }

    /** Makes all of it in {@code directory}, which is created. */
    static TestPki create(Path directory) throws IOException {
        Files.createDirectories(directory);
        TestAuthority root = root("Lockstep interop root");
        TestAuthority other = root("Another root");
        TestAuthority intermediate =
                root.intermediate("Lockstep interop intermediate", KeyKind.RSA_2048.newKey(), order -> {});
        Map<KeyKind, KeyMaterial> leaves = new EnumMap<>(KeyKind.class);
        for (KeyKind kind : KeyKind.values()) {
            KeyPair pair = kind.newKey();
            leaves.put(
                    kind,
                    new KeyMaterial(
                            Pem.write(
                                    directory.resolve(kind.fileName() + ".pem"),
                                    List.of(
                                            intermediate.server(
                                                    pair.getPublic(),
                                                    kind.names().toArray(String[]::new)),
                                            intermediate.certificate())),
                            Pem.write(directory.resolve(kind.fileName() + ".key"), pair)));
        }
        TestAuthority clientRoot = root("Lockstep interop root of clients");
        Map<KeyKind, KeyMaterial> clients = new EnumMap<>(KeyKind.class);
        for (KeyKind kind : List.of(KeyKind.RSA_2048, KeyKind.P256)) {
            KeyPair pair = kind.newKey();
            String name = "client-" + kind.fileName();
            clients.put(
                    kind,
                    new KeyMaterial(
                            Pem.write(
                                    directory.resolve(name + ".pem"),
                                    List.of(clientRoot.client(pair.getPublic(), name))),
                            Pem.write(directory.resolve(name + ".key"), pair)));
        }
        return new TestPki(
                Pem.write(directory.resolve("root.pem"), List.of(root.certificate())),
                Pem.write(directory.resolve("other-root.pem"), List.of(other.certificate())),
                leaves,
                Pem.write(directory.resolve("client-root.pem"), List.of(clientRoot.certificate())),
                clients);
    }

    /** With an RSA key, since clients that know nothing else are among the tested ones. */
    static TestAuthority root(String commonName) {
        return TestAuthority.root(commonName, KeyKind.RSA_2048.newKey(), Instant.now());
    }

    /** The root every leaf leads to. */
    Path trustedRoot() {
        return trustedRoot;
    }

    /** A root that issued none of them. */
    Path otherRoot() {
        return otherRoot;
    }

    KeyMaterial leaf(KeyKind kind) {
        return known(leaves, kind);
    }

    /** The root of the certificates of clients. */
    Path clientRoot() {
        return clientRoot;
    }

    /** A client's certificate and key. */
    KeyMaterial client(KeyKind kind) {
        return known(clients, kind);
    }

    private static KeyMaterial known(Map<KeyKind, KeyMaterial> map, KeyKind kind) {
        KeyMaterial material = map.get(kind);
        if (material == null) {
            throw new IllegalArgumentException("no certificate of kind " + kind);
        }
        return material;
    }
}
