package dev.lockstep.interop;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which Go is installed: what its TLS client can do depends on it. */
final class GoVersion {
    private static final Pattern VERSION = Pattern.compile("go1\\.(\\d+)");
    private static final int MINOR = find();

    private GoVersion() {}

    /** 19 for Go 1.19; 0 where there is none. */
    static int minor() {
        return MINOR;
    }

    private static int find() {
        try {
            Matcher version = VERSION.matcher(Program.run(List.of("go", "env", "GOVERSION"), Duration.ofSeconds(30))
                    .output());
            return version.find() ? Integer.parseInt(version.group(1)) : 0;
        } catch (IOException e) {
            return 0; // no such program: the tests that need it say so
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking Go for its version", e);
        }
    }
}
