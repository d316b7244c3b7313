package dev.lockstep.interop.attacker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.interop.attacker.trace.Table;
import dev.lockstep.interop.attacker.trace.Trace;
import dev.lockstep.interop.attacker.trace.Traces;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page has the traces that are run. */
class TracePageTest {

    @Test
    void thePageHasTheTables() throws IOException {
        if (Boolean.getBoolean("docs.update")) {
            TracePage.update();
        }
        assertThat(TracePage.read())
                .as("docs/evidence/tls-attacker.md is stale: run TracePageTest with -Dtest.args=-Ddocs.update=true")
                .isEqualTo(TracePage.generated());
    }

    @Test
    void everyTraceHasANameOfItsOwn() {
        for (Table table : Traces.tables()) {
            assertThat(table.traces().stream().map(Trace::toString))
                    .as(table.title())
                    .doesNotHaveDuplicates();
        }
        List<Trace> all = Traces.tables().stream()
                .flatMap(table -> table.traces().stream())
                .toList();
        assertThat(all).hasSizeGreaterThanOrEqualTo(120);
    }
}
