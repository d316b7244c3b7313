package dev.lockstep.server.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nio.Limits;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the options of a terminator change, and what they leave. */
class BackendOptionsTest {

    @Test
    void theTimeOfIdlenessLeavesTheOtherLimits() throws Exception {
        Limits given = Limits.DEFAULT.withConnections(9, 3).withMemory(1 << 22);
        BackendOptions options = CommandLine.populateCommand(new BackendOptions(), "--idle-timeout", "7");
        assertThat(options.limits(given)).isEqualTo(given.withIdle(Duration.ofSeconds(7)));
        assertThat(new BackendOptions().limits(given)).isEqualTo(given);
    }
}
