package dev.lockstep.servers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** Programs of others that a test drives. */
final class Needed {

    private Needed() {}

    /**
     * Continues if the files are there. Otherwise the test is skipped with a line on the error output, except in continuous
     * integration (environment variable {@code CI} is {@code true}), where it fails.
     */
    static void programs(String debianPackages, String... files) {
        List<String> missing = Arrays.stream(files)
                .filter(file -> !Files.exists(Path.of(file)))
                .toList();
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
}
