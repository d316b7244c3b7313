package dev.lockstep.interop;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** The programs of others that these tests drive. */
final class Tools {
    /** What was said once, as many tests may miss the same program. */
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private Tools() {}

    /**
     * Continues if every program is installed. Otherwise the test is skipped with a line on the error output, except in
     * continuous integration (environment variable {@code CI} is {@code true}), where it fails: a check that silently
     * stopped running looks like one that passes.
     */
    static void require(List<String> programs, String debianPackage) {
        List<String> missing =
                programs.stream().filter(name -> find(name).isEmpty()).toList();
        if (missing.isEmpty()) {
            return;
        }
        absent("not installed: " + String.join(", ", missing) + " (apt-get install " + debianPackage + ")");
    }

    /** Skips the test loudly, or fails it in continuous integration, see {@link #require}. */
    static void absent(String reason) {
        if (isContinuousIntegration()) {
            throw new AssertionFailedError(reason + "; with CI=true a missing peer is a failure");
        }
        if (TOLD.add(reason)) {
            System.err.println("SKIPPED, interop checks did not run: " + reason);
        }
        throw new TestAbortedException(reason);
    }

    static boolean isContinuousIntegration() {
        return "true".equals(System.getenv("CI"));
    }

    private static Optional<Path> find(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        // Administrators' programs are not on everybody's path.
        return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
