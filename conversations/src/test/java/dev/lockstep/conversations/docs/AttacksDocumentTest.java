package dev.lockstep.conversations.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/design/attacks.md} names files and test methods; this keeps them true. */
class AttacksDocumentTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern NAME = Pattern.compile("`([A-Za-z0-9_.]+)`");

    private record Row(String attack, List<String> files, List<String> tests) {}

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(ROOT.resolve(Path.of("docs", "design", "attacks.md")))) {
            String[] cells = line.split("\\|");
            if (cells.length == 5
                    && !cells[1].contains("---")
                    && !cells[1].strip().equals("attack")) {
                rows.add(new Row(cells[1].strip(), names(cells[3]), names(cells[4])));
            }
        }
        return rows;
    }

    private static List<String> names(String cell) {
        List<String> names = new ArrayList<>();
        Matcher matcher = NAME.matcher(cell);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    private static Map<String, Path> sources(String kind) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT, 12)) {
            return files.filter(file -> file.toString().contains("/src/" + kind + "/java/"))
                    .filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""),
                            file -> file,
                            (one, two) -> one));
        }
    }

    @Test
    void everyAttackStopsSomewhereAndSomethingShowsIt() throws IOException {
        assertThat(rows()).hasSizeGreaterThan(30).allSatisfy(row -> {
            assertThat(row.files()).as(row.attack()).isNotEmpty();
            assertThat(row.tests()).as(row.attack()).isNotEmpty();
        });
    }

    @Test
    void theFilesExist() throws IOException {
        Map<String, Path> files = sources("main");
        assertThat(rows().stream().flatMap(row -> row.files().stream()).filter(name -> !files.containsKey(name)))
                .isEmpty();
    }

    @Test
    void theTestsExist() throws IOException {
        Map<String, Path> files = sources("test");
        List<String> missing = new ArrayList<>();
        for (Row row : rows()) {
            for (String test : row.tests()) {
                Path file = files.get(test.substring(0, Math.max(0, test.indexOf('.'))));
                String method = " " + test.substring(test.indexOf('.') + 1) + "(";
                if (file == null || !Files.readString(file).contains(method)) {
                    missing.add(row.attack() + ": " + test);
                }
            }
        }
        assertThat(missing).isEmpty();
    }
}
