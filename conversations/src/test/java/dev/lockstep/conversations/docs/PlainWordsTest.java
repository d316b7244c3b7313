package dev.lockstep.conversations.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The pages, the code and its tests do not use the words that {@code docs/style.md} rules out. */
class PlainWordsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern WORDS =
            Pattern.compile("(?i)\\b(somebody|nobody|anybody|whoever|anew|goes on|lets in|behind which|whose turn)\\b");
    /** The same in the names of tests. */
    private static final Pattern IN_NAMES =
            Pattern.compile("[a-z](Somebody|Nobody|Anybody|Whoever|Anew|GoesOn|LetsIn)(?![a-z])");
    /** RFCs say it in capitals, and what they say is quoted. */
    private static final Pattern SHALL = Pattern.compile("\\bshall\\b");

    @Test
    void areNotUsed() throws IOException {
        List<String> uses = new ArrayList<>();
        int lines = 0;
        for (Path file : files()) {
            for (String line : Files.readAllLines(file)) {
                lines++;
                if (Stream.of(WORDS, IN_NAMES, SHALL)
                        .anyMatch(pattern -> pattern.matcher(line).find())) {
                    uses.add(ROOT.relativize(file) + ": " + line.strip());
                }
            }
        }
        assertThat(uses).isEmpty();
        assertThat(lines).isGreaterThan(100_000);
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> isChecked(ROOT.relativize(file).toString()))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isChecked(String file) {
        boolean quotes = file.equals("docs/style.md") || file.equals("docs/evidence/rfc-coverage.md");
        boolean written = file.endsWith(".md") || file.endsWith(".java");
        return written
                && !quotes
                && !file.endsWith("/PlainWordsTest.java")
                && !file.matches("(.*/)?(target|\\.git)/.*");
    }
}
