package dev.lockstep.server.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.log.EventType;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/guide/operating.md} has every event of the log and every cause of a failed handshake, with its level. */
class EventsPageTest {

    private static final Path PAGE = Path.of("../docs/guide/operating.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[a-z].*?) \\| (.*?) \\| ");
    private static final Pattern NAME = Pattern.compile("`([a-z0-9-]+)`");
    private static final Pattern CAUSES =
            Pattern.compile("(?s)The causes of `handshake-failed` are INFO.*?given: (.*?)\\.\n\n");
    private static final Pattern CAUSE = Pattern.compile("(?s)`([a-z0-9-]+)`(?: \\(([^)]*)\\))?(?:,|$)");

    @Test
    void everyEventIsInTheTableWithItsLevel() throws IOException {
        String page = Files.readString(PAGE);
        Map<String, String> levels = new LinkedHashMap<>();
        String table =
                page.substring(page.indexOf("| event | level |"), page.indexOf("The causes of `handshake-failed`"));
        for (Matcher row = ROW.matcher(table); row.find(); ) {
            List<String> names = NAME.matcher(row.group(1))
                    .results()
                    .map(name -> name.group(1))
                    .toList();
            String[] said = row.group(2).split(", ");
            for (int i = 0; i < names.size(); i++) {
                levels.put(names.get(i), said[Math.min(i, said.length - 1)]);
            }
        }
        assertThat(levels.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(EventType.values()).map(EventType::label).toList());
        // Of these two the cause decides, as the next test has it.
        assertThat(levels.remove(EventType.HANDSHAKE_FAILED.label())).isEqualTo("by its cause");
        assertThat(levels.remove(EventType.CONNECTION_FAILED.label())).startsWith("DEBUG; ERROR");
        levels.forEach((name, level) ->
                assertThat(level).as(name).isEqualTo(type(name).level().name()));
    }

    private static EventType type(String label) {
        return Stream.of(EventType.values())
                .filter(type -> type.label().equals(label))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyCauseIsThereWithItsLevel() throws IOException {
        Matcher causes = CAUSES.matcher(Files.readString(PAGE));
        assertThat(causes.find()).isTrue();
        Map<Failure, Level> levels = new EnumMap<>(Failure.class);
        for (Matcher cause = CAUSE.matcher(causes.group(1)); cause.find(); ) {
            String remark = cause.group(2) == null ? "" : cause.group(2);
            Level level = Stream.of(Level.DEBUG, Level.WARNING, Level.ERROR)
                    .filter(each -> remark.startsWith(each.name()))
                    .findFirst()
                    .orElse(Level.INFO);
            Stream.of(Failure.values())
                    .filter(failure -> label(failure).equals(cause.group(1)))
                    .forEach(failure -> levels.put(failure, level));
        }
        for (Failure failure : Failure.values()) {
            assertThat(levels.get(failure)).as("%s", failure).isEqualTo(failure.level());
        }
    }

    private static String label(Failure failure) {
        return failure.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
