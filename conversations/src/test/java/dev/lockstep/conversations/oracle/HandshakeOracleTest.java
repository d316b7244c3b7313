package dev.lockstep.conversations.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every handshake sends, waits for and derives, held against a recording: no change of the handshake's inside may be
 * seen from the outside. The recording knows messages, calls of the SPI and bytes, and no names of states. Since the bytes
 * depend on the order in which the server draws its randomness, that order is recorded too.
 *
 * <p>Deadlines are left out, and what a client sends behind its ClientHello without waiting for the answer.
 *
 * <p>After an intended change run with {@code -Dtest.args=-Doracle.update=true}, and read the difference.
 */
@Tag("one-jdk")
class HandshakeOracleTest {

    private static final Path RECORDING = Path.of("src/test/resources/oracle/handshakes.txt");
    private static final int DIFFERENCES = 12;

    @Test
    void nothingIsDifferentFromTheOutside() throws IOException {
        Map<String, Outcome> outcomes = outcomes();
        if (Boolean.getBoolean("oracle.update")) {
            Files.createDirectories(RECORDING.getParent());
            Files.writeString(RECORDING, encoded(outcomes));
        }
        Map<String, String> expected = decoded(Files.readAllLines(RECORDING));
        Map<String, String> actual = new TreeMap<>();
        outcomes.forEach((name, outcome) -> actual.put(name, outcome.sequence() + "\t" + outcome.digest()));
        List<String> differences = new ArrayList<>();
        expected.forEach((name, value) -> {
            if (!value.equals(actual.get(name))) {
                differences.add(name + "\n  recorded: " + value + "\n  now:      " + actual.get(name));
            }
        });
        actual.forEach((name, value) -> {
            if (!expected.containsKey(name)) {
                differences.add(name + "\n  not recorded\n  now:      " + value);
            }
        });
        String some = String.join("\n", differences.subList(0, Math.min(DIFFERENCES, differences.size())));
        assertThat(differences.size())
                .withFailMessage("%d of %d conversations differ:\n%s", differences.size(), actual.size(), some)
                .isZero();
    }

    private static Map<String, Outcome> outcomes() {
        Sessions sessions = new Sessions();
        Map<String, Outcome> outcomes = new TreeMap<>();
        for (Setup setup : Matrix.setups()) {
            outcomes.put(
                    setup.toString(),
                    outcome(setup.toString(), new Talk(setup, sessions, Talk.RENEGOTIATES), Talk::whole));
        }
        for (Scenes scenes : List.of(new Misfortunes(), new Oddities(), new Repetitions())) {
            scenes.all().forEach((name, scene) -> {
                Talk talk = new Talk(scene.setup(), sessions, scene.policy());
                outcomes.put(name, outcome(name, talk, scene.act()));
            });
        }
        return outcomes;
    }

    private static Outcome outcome(String name, Talk talk, java.util.function.Consumer<Talk> act) {
        try {
            act.accept(talk);
            return talk.outcome();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(name + ": " + talk.journal().text(), e);
        }
    }

    /** The sequences by number, each written once, then a line for each conversation. */
    private static String encoded(Map<String, Outcome> outcomes) {
        Map<String, String> numbers = new LinkedHashMap<>();
        StringBuilder text = new StringBuilder();
        outcomes.forEach((name, outcome) -> {
            String number =
                    numbers.computeIfAbsent(outcome.sequence(), sequence -> "S%04d".formatted(numbers.size() + 1));
            text.append(name)
                    .append('\t')
                    .append(number)
                    .append('\t')
                    .append(outcome.digest())
                    .append('\n');
        });
        StringBuilder head = new StringBuilder();
        numbers.forEach((sequence, number) ->
                head.append(number).append(" = ").append(sequence).append('\n'));
        return head.append(text).toString();
    }

    private static Map<String, String> decoded(List<String> lines) {
        Map<String, String> sequences = new LinkedHashMap<>();
        Map<String, String> conversations = new TreeMap<>();
        for (String line : lines) {
            String[] parts = line.split("\t", -1);
            if (parts.length == 1) {
                sequences.put(line.substring(0, 5), line.substring(8));
            } else {
                conversations.put(parts[0], sequences.get(parts[1]) + "\t" + parts[2]);
            }
        }
        return conversations;
    }
}
