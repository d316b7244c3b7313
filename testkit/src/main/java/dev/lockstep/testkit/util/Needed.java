package dev.lockstep.testkit.util;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * Programs of others that a test drives. A test without them is skipped with a line on the error output, except in
 * continuous integration (environment variable {@code CI} is {@code true}), where it fails: a check that silently stopped
 * running looks like one that passes.
 *
 * <p>The one class here that needs {@code org.opentest4j}, which JUnit brings.
 */
public final class Needed {
    /** What was said once, as many tests may miss the same program. */
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private Needed() {}

    /**
     * Continues if all are there.
     *
     * @param debianPackages what to install for them, named to the reader
     * @param programs names that are looked up, see {@link #find}, or absolute paths of any files
     */
    public static void programs(String debianPackages, String... programs) {
        List<String> missing = missing(programs);
        if (!missing.isEmpty()) {
            throw absent(notInstalled(missing, debianPackages));
        }
    }

    /** As {@link #programs}, for programs that continuous integration need not have: the test is skipped there, too. */
    public static void optional(String debianPackages, String... programs) {
        List<String> missing = missing(programs);
        condition(missing.isEmpty(), notInstalled(missing, debianPackages));
    }

    /** Skips the test with a line on the error output unless {@code met}, also in continuous integration. */
    public static void condition(boolean met, String reason) {
        if (!met) {
            throw skip(reason);
        }
    }

    /**
     * Skips the test, or fails it in continuous integration.
     *
     * @param reason what is missing, and how one gets it
     * @return never; it is written as {@code throw Needed.absent(...)}
     */
    public static RuntimeException absent(String reason) {
        if (inContinuousIntegration()) {
            throw new AssertionError(reason + "; with CI=true that is a failure");
        }
        throw skip(reason);
    }

    private static TestAbortedException skip(String reason) {
        if (TOLD.add(reason)) {
            System.err.println("SKIPPED, this check did not run: " + reason);
        }
        return new TestAbortedException(reason);
    }

    /** Whether what is missing makes a test fail. */
    public static boolean inContinuousIntegration() {
        return "true".equals(System.getenv("CI"));
    }

    /** Returns a program of {@code PATH}, or an administrator's, since those are on few people's path. */
    public static Optional<Path> find(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/sbin"))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static List<String> missing(String... programs) {
        return Arrays.stream(programs).filter(name -> !isThere(name)).toList();
    }

    private static boolean isThere(String program) {
        return program.startsWith("/")
                ? Files.exists(Path.of(program))
                : find(program).isPresent();
    }

    private static String notInstalled(List<String> missing, String debianPackages) {
        return "not installed: " + String.join(", ", missing) + " (apt-get install " + debianPackages + ")";
    }
}
