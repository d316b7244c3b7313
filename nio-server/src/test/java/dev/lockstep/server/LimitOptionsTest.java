package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nio.Limits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The limits of a process that may open few descriptors. */
class LimitOptionsTest {

    private static LimitOptions options(String... args) {
        return CommandLine.populateCommand(new LimitOptions(), args);
    }

    private static List<String> warnings(long descriptors, int each, String... args) throws UsageError {
        List<String> warnings = new ArrayList<>();
        options(args).check(descriptors, each, warnings::add);
        return warnings;
    }

    @Test
    void byDefaultConnectionsFitIntoTheDescriptors() throws UsageError {
        Limits limits = options().limits(256, 1);
        assertThat(limits.connections()).isEqualTo(128);
        assertThat(limits.perNetwork()).isEqualTo(32);
        assertThat(options().limits(256, 2).connections()).as("with a backend").isEqualTo(64);
        assertThat(warnings(256, 2)).isEmpty();
    }

    @Test
    void connectionsThatWereAskedForStayAndAreWarnedOf() throws UsageError {
        assertThat(options("--max-connections", "500").limits(256, 1).connections())
                .isEqualTo(500);
        assertThat(warnings(256, 1, "--max-connections", "500"))
                .containsExactly(
                        "--max-connections: 500 connections need more than the 256 descriptors that this process may"
                                + " have; raise that limit (ulimit -n, LimitNOFILE=), or give at most 128");
        assertThat(warnings(256, 1, "--max-connections", "128")).isEmpty();
    }

    @Test
    void theLimitOfThisProcessIsKnown() {
        assertThat(Descriptors.most()).isPositive();
    }
}
