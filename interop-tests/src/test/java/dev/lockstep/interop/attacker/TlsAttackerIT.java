package dev.lockstep.interop.attacker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.interop.attacker.trace.Moment;
import dev.lockstep.interop.attacker.trace.Trace;
import dev.lockstep.interop.attacker.trace.Traces;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Hostile traces of TLS-Attacker against the program, each before, during and after an operation of its key, with an inline key
 * and a slow one. After each, an honest client is served, and the server has printed nothing but events.
 * Two of them by default; {@code -Passurance} runs them all.
 */
@Execution(ExecutionMode.SAME_THREAD)
@Timeout(value = 1, unit = TimeUnit.HOURS)
class TlsAttackerIT {
    private static final boolean ALL = Boolean.getBoolean("assurance");

    /** A slow key is asked for at most so many times until an attack arrives while it works: other tests run beside this one. */
    private static final int TRIES = 20;

    static Stream<Arguments> traces() {
        if (!ALL) {
            return Stream.of(Arguments.of(Named.of("some", Traces.some()), Keys.SLOW));
        }
        return Traces.tables().stream().flatMap(table -> Stream.of(Keys.values())
                .map(keys -> Arguments.of(Named.of(table.title(), table.traces()), keys)));
    }

    @ParameterizedTest(name = "{0}, key {1}")
    @MethodSource("traces")
    void everyTraceGetsItsAnswerAndHarmsNothing(List<Trace> traces, Keys keys)
            throws IOException, InterruptedException {
        List<String> differences = new ArrayList<>();
        try (AttackedServer server = AttackedServer.start(keys)) {
            for (Trace trace : traces) {
                for (Moment moment : Moment.values()) {
                    attack(server, trace, moment, differences);
                }
            }
            assertThat(server.isAlive()).isTrue();
        }
        assertThat(differences).isEmpty();
    }

    private static void attack(AttackedServer server, Trace trace, Moment moment, List<String> differences)
            throws InterruptedException {
        Outcome outcome = Conversation.of(server, trace, moment);
        for (int tries = 1; !outcome.pending(); tries++) {
            assertThat(tries).as("attempts to send while the key works").isLessThan(TRIES);
            outcome.strange().forEach(line -> differences.add(trace + ", " + moment + ", sent too late: " + line));
            outcome = Conversation.of(server, trace, moment);
        }
        String said = server.said();
        String where = trace + ", " + moment + ": ";
        if (!outcome.answer().equals(trace.expected(moment).title())) {
            differences.add(where + outcome.answer() + " instead of "
                    + trace.expected(moment).title() + "\n" + said);
        }
        outcome.strange().forEach(line -> differences.add(where + line));
        Outcome honest = Conversation.honest(server, trace.operation());
        if (!honest.answer().equals("completes") || !honest.strange().isEmpty()) {
            differences.add(where + "the honest client behind it: " + honest);
        }
    }
}
