package dev.lockstep.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Fuzzes each target for {@code -Dfuzz.seconds}, one after the other, in a process of its own that has its time and its
 * memory bounded. What it found lies in {@code target/fuzz}: the corpus of a target grows from run to run, a finding is a
 * file {@code crash-*} beside it, and {@code report.txt} has a line for each run.
 */
@Tag("fuzz")
class FuzzingTest {

    private static final Path DIRECTORY = Path.of("target", "fuzz").toAbsolutePath();
    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 60);
    /** An input takes milliseconds; one that takes so many seconds is a finding. */
    private static final int SECONDS_PER_INPUT = 20;

    /** Jazzer counts the edges of instrumented code that some input has reached. */
    private static final Pattern STATUS = Pattern.compile("#(\\d+)\\s+(\\w+)\\s+cov: (\\d+) .*corp: (\\d+)/.*");

    /** The targets that {@code -Dfuzz.targets} names, or all. */
    static List<Targets> chosen() {
        String names = System.getProperty("fuzz.targets", "");
        if (names.isBlank()) {
            return List.of(Targets.values());
        }
        return Arrays.stream(names.split(","))
                .map(name ->
                        Targets.valueOf(name.strip().toUpperCase(Locale.ROOT).replace('-', '_')))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("chosen")
    void findsNothing(Targets target) throws Exception {
        Path home = Files.createDirectories(DIRECTORY.resolve(target.id()));
        Path log = home.resolve("log.txt");
        Process fuzzer = new ProcessBuilder(command(target, home))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(fuzzer.waitFor(SECONDS + 120L, TimeUnit.SECONDS))
                    .as("the fuzzer ends in time")
                    .isTrue();
        } finally {
            fuzzer.destroyForcibly();
        }
        report(target, log, fuzzer.exitValue());
        assertThat(fuzzer.exitValue()).as("see " + log).isZero();
    }

    private static List<String> command(Targets target, Path home) throws IOException {
        Path corpus = Files.createDirectories(home.resolve("corpus"));
        Path seeds = Files.createDirectories(home.resolve("seeds"));
        for (Map.Entry<String, byte[]> seed : Seeds.of(target).entrySet()) {
            Files.write(seeds.resolve(seed.getKey()), seed.getValue());
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx768m",
                "-XX:+UseSerialGC",
                "-D" + FuzzerEntry.PROPERTY + "=" + target.name(),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + FuzzerEntry.class.getName(),
                "--instrumentation_includes=dev.lockstep.**",
                "--custom_hook_includes=dev.lockstep.**",
                "--instrumentation_excludes=dev.lockstep.fuzz.**:dev.lockstep.simulation.**:dev.lockstep.testkit.**",
                // Its own detectors are for web applications: they take the socket of a key server for an attack.
                "--disabled_hooks=com.code_intelligence.jazzer.sanitizers.*",
                "--reproducer_path=" + home,
                "-artifact_prefix=" + home + "/",
                "-dict=" + Path.of("src", "test", "resources", "dictionaries", target.dictionary() + ".dict"),
                "-len_control=0", // seeds are short: what a defect needs may be longer
                "-max_total_time=" + SECONDS,
                "-timeout=" + SECONDS_PER_INPUT,
                "-rss_limit_mb=0", // the heap has a limit of its own
                "-print_final_stats=1"));
        command.add(corpus.toString());
        command.add(seeds.toString());
        return command;
    }

    private static void report(Targets target, Path log, int status) throws IOException {
        String line = "no status";
        for (String each : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
            Matcher matcher = STATUS.matcher(each);
            if (matcher.matches()) {
                line = matcher.group(1) + " inputs, " + matcher.group(3) + " edges, corpus of " + matcher.group(4);
            }
        }
        Files.writeString(
                DIRECTORY.resolve("report.txt"),
                target.id() + ": " + SECONDS + " s, " + line + (status == 0 ? "" : ", A FINDING") + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
