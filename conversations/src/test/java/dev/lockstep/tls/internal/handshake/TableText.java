package dev.lockstep.tls.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The tables as they stand in the source, where actions, conditions and questions have names. */
final class TableText {

    private static final Path SOURCES = Path.of("..", "tls-core", "src/main/java/dev/lockstep/tls/internal/handshake");

    private static final Pattern ROW = Pattern.compile("\\s*\\.(?:act|read|await|on)\\s*\\((\\w+)(?:, ([\\w.]+))?,\\s+"
            + "(\\w+::\\w+),\\s+([\\w, ]+)\\)((?:\\.\\w+\\([\\w:]*\\))*);?");
    private static final Pattern CONDITION = Pattern.compile("\\.when\\(([\\w:]+)\\)");
    private static final Pattern ASK = Pattern.compile("\\s*(\\w+)\\s*= ask\\((\\w+::\\w+),.*");

    private TableText() {}

    /**
     * A row and its names.
     *
     * @param condition empty where there is none
     * @param ask what starts the operation that the state waits for; empty where it waits for none
     */
    record Line(Row row, String action, String condition, String ask) {}

    /** Returns every row of the table, in order. */
    static List<Line> lines() {
        Map<String, String> asks = new HashMap<>();
        for (String text : read("Waits.java")) {
            Matcher matcher = ASK.matcher(text);
            if (matcher.matches()) {
                asks.put("Waits." + matcher.group(1), matcher.group(2));
            }
        }
        assertThat(asks).as("questions found in the source").hasSameSizeAs(Waits.all());
        List<Line> lines = new ArrayList<>();
        for (String text : read("ServerHandshake.java")) {
            Matcher matcher = ROW.matcher(text);
            if (!matcher.matches()) {
                continue;
            }
            Row row = ServerHandshake.TABLE.rows().get(lines.size());
            assertThat(row.state().name()).isEqualTo(matcher.group(1));
            assertThat(row.successors().stream().map(State::name).collect(Collectors.joining(", ")))
                    .isEqualTo(matcher.group(4));
            Matcher condition = CONDITION.matcher(matcher.group(5));
            lines.add(new Line(
                    row,
                    matcher.group(3),
                    condition.find() ? condition.group(1) : "",
                    asks.getOrDefault(String.valueOf(matcher.group(2)), "")));
        }
        assertThat(lines).as("rows found in the source").hasSameSizeAs(ServerHandshake.TABLE.rows());
        return lines;
    }

    private static List<String> read(String file) {
        try {
            return Files.readAllLines(SOURCES.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
