package dev.lockstep.conversations.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.docs.Labs.Change;
import dev.lockstep.conversations.docs.Labs.Lab;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code docs/design/labs.md} names lines of the code and tests; this keeps them true. One exercise is
 * done as well, and with {@code -Passurance} each: the file is changed and compiled, and every test that the page names has to fail.
 */
@Tag("one-jdk")
class LabsDocumentTest {

    private static final Path TESTS = Path.of("src", "test", "java");

    static List<Lab> labs() throws IOException {
        return Labs.read();
    }

    /** One that takes little time, or all. */
    static List<Lab> labsToDo() throws IOException {
        return Boolean.getBoolean("assurance") ? labs() : labs().subList(5, 6);
    }

    private static Map<String, Path> tests() throws IOException {
        try (Stream<Path> files = Files.walk(TESTS)) {
            return files.filter(file -> file.toString().endsWith("Test.java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""), file -> file));
        }
    }

    @Test
    void thereAreTen() throws IOException {
        assertThat(labs()).hasSize(10);
    }

    @ParameterizedTest
    @MethodSource("labs")
    void theLinesAndTheTestsExist(Lab lab) throws IOException {
        assertThat(lab.changes()).isNotEmpty();
        for (Change change : lab.changes()) {
            assertThat(change.count())
                    .as("%s: %s", change.file(), change.before())
                    .isEqualTo(1);
            assertThat(change.after()).isNotEqualTo(change.before());
        }
        assertThat(lab.tests()).isNotEmpty();
        Map<String, Path> tests = tests();
        for (Labs.Test test : lab.tests()) {
            assertThat(tests).containsKey(test.type());
            assertThat(Files.readString(tests.get(test.type()))).contains("void " + test.method() + "(");
        }
    }

    @ParameterizedTest
    @MethodSource("labsToDo")
    void everyTestThatIsNamedNotices(Lab lab, @TempDir Path directory) throws Exception {
        String classPath = System.getProperty("java.class.path");
        Path classes = Files.createDirectory(directory.resolve("classes"));
        for (Change change : lab.changes()) {
            Path changed = directory.resolve(change.file().getFileName());
            Files.writeString(changed, change.applied());
            int failed = ToolProvider.getSystemJavaCompiler()
                    .run(
                            null,
                            null,
                            null,
                            "-proc:none",
                            "-cp",
                            classPath,
                            "-d",
                            classes.toString(),
                            changed.toString());
            assertThat(failed).as("compiles").isZero();
        }
        Map<String, Path> tests = tests();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes + File.pathSeparator + classPath,
                LabRun.class.getName()));
        for (Labs.Test test : lab.tests()) {
            String file = TESTS.relativize(tests.get(test.type())).toString();
            command.add(file.replace(".java", "").replace(File.separatorChar, '.') + "#" + test.method());
        }
        Path output = directory.resolve("output");
        Process run = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(run.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            run.destroyForcibly();
        }
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(new TreeSet<>(printed.lines()
                        .filter(line -> line.startsWith("failed "))
                        .map(line -> line.substring(7))
                        .toList()))
                .as(printed)
                .containsExactlyElementsOf(new TreeSet<>(command.subList(4, command.size())));
    }
}
