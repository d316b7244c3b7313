package dev.lockstep.interop;

import dev.lockstep.interop.CertificateFactory.Authority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The files every interop test shares: a root, an intermediate, one leaf of each {@link KeyKind} under it, and a
 * second root that issued nothing, for the control that must fail.
 */
final class TestPki {
    private final Path trustedRoot;
    private final Path otherRoot;
    private final Map<KeyKind, KeyMaterial> leaves;

    private TestPki(Path trustedRoot, Path otherRoot, Map<KeyKind, KeyMaterial> leaves) {
        this.trustedRoot = trustedRoot;
        this.otherRoot = otherRoot;
        this.leaves = leaves;
    }

    /** Makes all of it in {@code directory}, which is created. */
    static TestPki create(Path directory) throws IOException, GeneralSecurityException {
        Files.createDirectories(directory);
        Authority root = Authority.root("Lockstep interop root");
        Authority other = Authority.root("Another root");
        Authority intermediate = root.intermediate("Lockstep interop intermediate");
        Map<KeyKind, KeyMaterial> leaves = new EnumMap<>(KeyKind.class);
        for (KeyKind kind : KeyKind.values()) {
            KeyPair pair = CertificateFactory.keyPair(kind);
            leaves.put(
                    kind,
                    new KeyMaterial(
                            Pem.write(
                                    directory.resolve(kind.fileName() + ".pem"),
                                    List.of(
                                            intermediate.issue(pair.getPublic(), kind.names()),
                                            intermediate.certificate())),
                            Pem.write(directory.resolve(kind.fileName() + ".key"), pair.getPrivate())));
        }
        return new TestPki(
                Pem.write(directory.resolve("root.pem"), List.of(root.certificate())),
                Pem.write(directory.resolve("other-root.pem"), List.of(other.certificate())),
                leaves);
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
        KeyMaterial leaf = leaves.get(kind);
        if (leaf == null) {
            throw new IllegalArgumentException("no certificate of kind " + kind);
        }
        return leaf;
    }
}
