package dev.lockstep.interop.tlsfuzzer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page in {@code docs} is written by the long run; this keeps it from falling behind the data it is made from. */
class ConformancePageTest {
    private static final Path PAGE = Path.of("..", "docs", "evidence", "conformance.md");

    @Test
    void everyRunOfTheListHasARowWithBothKeyModesAndTheOtherServers() throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        assertThat(Entry.all()).allSatisfy(entry -> assertThat(lines)
                .filteredOn(line -> line.startsWith("| " + entry.id() + " |"))
                .singleElement()
                .satisfies(line -> assertThat(line.split("\\|", -1)).hasSize(2 + 1 + KeyMode.values().length + 5)));
    }

    @Test
    void everyExceptionStandsOnThePageAndNoFailureDoes() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(ExceptionRule.all())
                .allSatisfy(rule -> assertThat(page).contains("`" + rule.id() + "`", rule.sentence()));
        assertThat(page).contains("## Failures\n\nNone.\n");
    }
}
