package dev.lockstep.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What the program says about itself: sections, defaults, examples, version. */
class HelpTest {

    private static CommandLine program() {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        return Main.commandLine(new Environment(nowhere, nowhere, name -> null, Clock.systemUTC(), loops -> {}));
    }

    private static CommandLine command(String name) {
        return program().getSubcommands().get(name);
    }

    private static List<String> sections(String help) {
        Matcher heading =
                Pattern.compile("^([A-Z][^:\\n]*):$", Pattern.MULTILINE).matcher(help);
        return heading.results().map(match -> match.group(1)).toList();
    }

    @Test
    void everyCommandIsListedWithAndWithoutHelp() throws Exception {
        for (String[] args : new String[][] {{}, {"--help"}}) {
            assertThat(Running.finished(Map.of(), args).out())
                    .contains("  serve ", "  demo ", "  keyserver ", "  audit ", "  explain ", "  completion ");
        }
    }

    @Test
    void theOptionsOfServeAndKeyserverStandInSections() throws Exception {
        String serve = Running.finished(Map.of(), "serve", "--help").out();
        assertThat(sections(serve))
                .containsExactly(
                        "Listening",
                        "Certificates and keys",
                        "Pre-shared keys",
                        "Protocol",
                        "Client certificates",
                        "Sessions",
                        "Limits",
                        "Operation",
                        "Behind TLS",
                        "Debugging",
                        "Help",
                        "Examples");
        assertThat(serve.substring(serve.indexOf("Behind TLS:"), serve.indexOf("Debugging:")))
                .contains("--backend=", "--echo", "--accept-proxy=")
                .doesNotContain("--drain", "--idle-timeout");
        assertThat(sections(Running.finished(Map.of(), "keyserver", "--help").out()))
                .containsExactly(
                        "Unix-domain socket",
                        "TCP with mutual TLS",
                        "Keys",
                        "Keys in a PKCS#11 token",
                        "Demonstration",
                        "Operation",
                        "Key-use log",
                        "Limits",
                        "Help",
                        "Examples");
    }

    @Test
    void theNameOfTheCompletionIsTheOneToType() throws Exception {
        assertThat(Running.finished(Map.of(), "completion", "--help").out())
                .contains("lockstep completion")
                .doesNotContain("generate-completion");
        assertThat(Running.finished(Map.of(), "completion").out())
                .contains("--accept-proxy")
                .doesNotContain("generate-completion");
    }

    /** What a number may be: its range or its bound. */
    @ParameterizedTest
    @ValueSource(strings = {"serve", "keyserver", "demo", "explain"})
    void everyNumberIsDescribedWithItsRange(String name) {
        for (OptionSpec option : command(name).getCommandSpec().options()) {
            if (Set.of("N", "BYTES", "MIB", "SECONDS", "MINUTES", "PORT").contains(option.paramLabel())) {
                assertThat(String.join(" ", option.description()))
                        .as(option.longestName())
                        .containsPattern("\\d+ to \\d|up to|at most|from 0");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "keyserver", "demo"})
    void everyOptionIsDescribedWithItsDefault(String name) {
        for (OptionSpec option : command(name).getCommandSpec().options()) {
            String text = String.join(" ", option.description());
            assertThat(text).as(option.longestName()).isNotBlank();
            Object initial = option.initialValue();
            if (initial != null && !(initial instanceof Boolean) && !(initial instanceof Collection)) {
                assertThat(text.replace("${DEFAULT-VALUE}", initial.toString()))
                        .as(option.longestName())
                        .contains(initial.toString())
                        .contains("default");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "keyserver"})
    void everyOptionIsOnAPage(String name) throws IOException {
        StringBuilder pages = new StringBuilder(Files.readString(Path.of("..", "README.md")));
        for (String room : List.of("guide", "protocols")) {
            try (Stream<Path> files = Files.list(Path.of("..", "docs", room))) {
                for (Path page : files.toList()) {
                    pages.append(Files.readString(page));
                }
            }
        }
        for (OptionSpec option : command(name).getCommandSpec().options()) {
            assertThat(pages).as(name).containsPattern(Pattern.quote(option.longestName()) + "(?![a-z-])");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "keyserver"})
    void theExamplesCanBeTyped(String name) {
        String footer =
                String.join("\n", command(name).getCommandSpec().usageMessage().footer());
        assertThat(footer.lines()).allMatch(line -> line.length() <= 80);
        int examples = 0;
        for (String line : footer.replace("\\\n", " ").lines().toList()) {
            if (line.startsWith("  lockstep ")) {
                String[] words = line.strip().split("\\s+");
                String[] args = Arrays.stream(words, 1, words.length)
                        .filter(word -> !word.startsWith("@"))
                        .toArray(String[]::new);
                assertThatCode(() -> program().parseArgs(args)).as(line).doesNotThrowAnyException();
                examples++;
            }
        }
        assertThat(examples).isGreaterThan(1);
    }
}
