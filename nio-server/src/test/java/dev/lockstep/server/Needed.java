package dev.lockstep.server;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Programs of others that a test drives. */
public final class Needed {

    private Needed() {}

    /**
     * Continues if the programs are installed. Otherwise the test is skipped with a line on the error output, except in
     * continuous integration (environment variable {@code CI} is {@code true}), where it fails: a check that silently
     * stopped running looks like one that passes.
     */
    public static void programs(String debianPackages, String... programs) {
        List<String> missing =
                Arrays.stream(programs).filter(name -> !installed(name)).toList();
        if (missing.isEmpty()) {
            return;
        }
        String reason = "not installed: " + String.join(", ", missing) + " (apt-get install " + debianPackages + ")";
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionFailedError(reason + "; with CI=true a missing program is a failure");
        }
        System.err.println("SKIPPED, this check did not run: " + reason);
        throw new TestAbortedException(reason);
    }

    /** As {@link #programs}, for programs that continuous integration need not have: the test is skipped there too. */
    public static void optional(String debianPackages, String... programs) {
        List<String> missing =
                Arrays.stream(programs).filter(name -> !installed(name)).toList();
        condition(
                missing.isEmpty(),
                "not installed: " + String.join(", ", missing) + " (apt-get install " + debianPackages + ")");
    }

    /** Skips the test with a line on the error output unless {@code met}, also in continuous integration. */
    public static void condition(boolean met, String reason) {
        if (!met) {
            System.err.println("SKIPPED, this check did not run: " + reason);
            throw new TestAbortedException(reason);
        }
    }

    private static boolean installed(String program) {
        if (program.startsWith("/")) {
            return Files.exists(Path.of(program));
        }
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return Arrays.stream(path.split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }
}
