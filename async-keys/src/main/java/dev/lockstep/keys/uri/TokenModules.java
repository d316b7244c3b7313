package dev.lockstep.keys.uri;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds PKCS#11 libraries by their names, in the places where systems keep them. */
final class TokenModules {

    private static final List<String> ROOTS = List.of(
            "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/lib");

    private TokenModules() {}

    /** RFC 7512 2.3: module-name is the library's file name "without" its path, "lib" prefix and ending. */
    static Path named(String name) {
        return candidates(name)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("uri: no PKCS#11 library named '" + name
                        + "' in the usual places; give its path with module-path=/path/to/library.so"));
    }

    private static Stream<Path> candidates(String name) {
        return ROOTS.stream()
                .flatMap(root -> Stream.of(root, root + "/pkcs11", root + "/softhsm", root + "/opensc"))
                .flatMap(place -> Stream.of(Path.of(place, "lib" + name + ".so"), Path.of(place, name + ".so")));
    }
}
