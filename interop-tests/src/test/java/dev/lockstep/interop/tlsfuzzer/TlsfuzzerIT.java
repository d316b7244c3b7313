package dev.lockstep.interop.tlsfuzzer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lockstep.interop.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The tlsfuzzer scripts of the list, with keys that answer at once and keys that answer later; one test per script and
 * key mode. Runs with {@code mvn -Ptlsfuzzer verify}; see {@code docs/evidence/conformance.md} for the options.
 */
@Tag("tlsfuzzer")
@Isolated("scripts wait for silence: other tests beside them would be taken for it")
class TlsfuzzerIT {
    private static final Path DIRECTORY = Path.of("target", "tlsfuzzer").toAbsolutePath();
    private static final Path DOCS = Path.of("..", "docs", "evidence", "conformance.md");
    private static final String LOCKSTEP = "lockstep";

    @TestFactory
    Stream<DynamicNode> everyScriptPasses() throws IOException, InterruptedException {
        Checkouts checkouts = Checkouts.find(DIRECTORY);
        ServerDescription server = new ServerDescription(
                System.getProperty("tlsfuzzer.server", LOCKSTEP),
                HarnessCertificates.create(DIRECTORY.resolve("certificates")));
        List<Entry> list = Entry.all();
        Pattern only = Pattern.compile(System.getProperty("tlsfuzzer.only", ""));
        List<Entry> applicable = list.stream()
                .filter(entry -> server.missingFor(entry).isEmpty())
                .filter(entry -> only.matcher(entry.id()).find())
                .toList();
        Map<KeyMode, List<ScriptResult>> results = new EnumMap<>(KeyMode.class);
        for (KeyMode keys : modes(server)) {
            results.put(
                    keys,
                    new ListRun(checkouts, server, keys, DIRECTORY.resolve(server.name() + "-" + keys))
                            .run(applicable, Integer.getInteger("tlsfuzzer.jobs", 4)));
        }
        List<ExceptionRule> rules = server.name().equals(LOCKSTEP) ? ExceptionRule.all() : List.of();
        ConformanceReport report = new ConformanceReport(list, server, results, rules);
        report.write(DIRECTORY.resolve(server.name() + "-conformance.md"), versions(checkouts));
        if (Boolean.getBoolean("tlsfuzzer.docs") && only.pattern().isEmpty()) {
            report.write(DOCS, versions(checkouts));
        }
        return tests(results, rules, only.pattern().isEmpty());
    }

    private static List<KeyMode> modes(ServerDescription server) {
        return server.name().equals(LOCKSTEP) ? List.of(KeyMode.values()) : List.of(KeyMode.INLINE);
    }

    private static Stream<DynamicNode> tests(
            Map<KeyMode, List<ScriptResult>> results, List<ExceptionRule> rules, boolean complete) {
        List<DynamicNode> nodes = new ArrayList<>();
        results.forEach((keys, all) -> nodes.add(dynamicContainer(
                "keys " + keys.title(),
                all.stream().map(result -> dynamicTest(result.entry().id(), () -> check(result, rules))))));
        if (complete) {
            List<ScriptResult> all =
                    results.values().stream().flatMap(List::stream).toList();
            nodes.add(dynamicContainer(
                    "exceptions",
                    rules.stream()
                            .map(rule -> dynamicTest(
                                    rule.id() + " " + rule.conversation(), () -> assertThat(rule.isNeeded(all))
                                            .as("this exception explains no failure any more: remove it")
                                            .isTrue()))));
        }
        return nodes.stream();
    }

    private static void check(ScriptResult result, List<ExceptionRule> rules) {
        assertThat(Verdict.of(result, rules))
                .as(() -> result.entry().script() + " "
                        + result.entry().alternatives().get(result.alternative()) + " " + result.good() + "/"
                        + result.total() + " " + result.note() + "\n" + causes(result))
                .isNotEqualTo(Verdict.FAILED);
    }

    private static String causes(ScriptResult result) {
        StringBuilder text = new StringBuilder();
        result.conversations().forEach((name, cause) -> {
            if (!cause.isEmpty()) {
                text.append("  ").append(name).append(": ").append(cause).append('\n');
            }
        });
        return text.toString();
    }

    private static String versions(Checkouts checkouts) throws IOException, InterruptedException {
        Program.Finished tlsfuzzer = Program.run(
                List.of("git", "-C", checkouts.directory().toString(), "log", "-1", "--format=%h of %as"),
                Duration.ofSeconds(10));
        String revision = tlsfuzzer.exit() == 0 ? tlsfuzzer.output().strip() : "of an unknown revision";
        return "tlsfuzzer " + revision + ", Java " + Runtime.version().feature();
    }
}
