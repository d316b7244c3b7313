package dev.lockstep.jmh.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.jmh.sockets.SocketFigures.Row;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is measured over sockets must be what its table says. */
@Tag("one-jdk")
class SocketsTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final Extent SMALLEST = new Extent(1, 4, Duration.ofMillis(100), Duration.ofMillis(300));

    private final SocketFigures figures = new SocketFigures();
    private final Sockets sockets = new Sockets(SocketOptions.parse(new String[] {"--sockets"}), SMALLEST, figures);

    @Test
    void everyLoadIsPutOnServersInProcessesOfTheirOwn(@TempDir Path directory) throws Exception {
        List<Subject> subjects =
                List.of(Subjects.lockstep("Lockstep", 1, List.of()), Subjects.netty(NettyServer.Tls.JDK));
        Path files;
        try (Site site = Site.create()) {
            files = site.directory();
            for (Subject subject : subjects) {
                sockets.measure(subject, site, JAVA, new Row(subject.name(), 1, "17"));
            }
        }
        assertThat(files).doesNotExist();

        assertThat(figures.loads()).containsExactly(Load.values());
        for (Load load : Load.values()) {
            assertThat(figures.rows(load)).hasSize(2);
            for (Row row : figures.rows(load)) {
                assertThat(figures.samples(load, row))
                        .singleElement()
                        .satisfies(sample -> assertThat(sample.operations()).isPositive());
            }
        }
        for (Row row : figures.rows(Load.NEW)) {
            assertThat(Stream.of(Load.values())
                            .flatMap(load -> figures.samples(load, row).stream())
                            .mapToDouble(Sample::serverSeconds)
                            .sum())
                    .isPositive();
        }
        assertThat(ProcessHandle.current().children()).isEmpty();
        String text = new SocketReport(directory).write(figures, SocketOptions.parse(new String[] {}), 1);
        assertThat(text).contains("| Netty with the JDK's engine | 1 | ").contains("New handshakes | threads");
        assertThat(Files.readString(directory.resolve("sockets.json")))
                .contains("{\"load\": \"RESUMED\", \"server\": \"Lockstep\", \"threads\": 1, \"jdk\": \"17\"");
    }

    @Test
    void aServerThatDoesNotResumeIsNotMeasured() throws Exception {
        Subject subject = Subjects.lockstep("Lockstep", 1, List.of("--no-tickets"));
        try (Site site = Site.create()) {
            assertThatThrownBy(() -> sockets.measure(subject, site, JAVA, new Row("Lockstep", 1, "17")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not resumed");
        }

        assertThat(figures.loads()).isEmpty();
    }

    @Test
    void aServerThatEndsSaysWhy() throws Exception {
        Subject subject = Subjects.lockstep("Lockstep", 1, List.of("--groups", "none"));
        try (Site site = Site.create()) {
            assertThatThrownBy(() -> sockets.measure(subject, site, JAVA, new Row("Lockstep", 1, "17")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("has ended: ")
                    .hasMessageContaining("--groups");
        }
    }

    @Test
    void whatServersAreGivenDoesNotDependOnTheirDirectory() throws Exception {
        try (Site site = Site.create()) {
            List<String> command =
                    Subjects.lockstep("Lockstep", 1, List.of()).command().of(site, 1, JAVA);
            String classPath = command.get(command.indexOf("-cp") + 1);
            assertThat(classPath.split(File.pathSeparator, -1))
                    .allSatisfy(entry -> assertThat(Path.of(entry)).isAbsolute());
            assertThat(site.chain()).isAbsolute();
        }
    }

    @Test
    void figuresStandBesideThoseOfNginxWithAsManyThreads(@TempDir Path directory) throws IOException {
        figures.add(Load.NEW, new Row(Subjects.NGINX, 1, ""), new Sample(0, 1000, 1, 0.5, 0.4));
        figures.add(Load.NEW, new Row(Subjects.NGINX, 2, ""), new Sample(0, 4000, 1, 2, 1));
        for (double second : new double[] {0.2, 0.25, 0.9}) {
            figures.add(Load.NEW, new Row("Lockstep", 1, "17"), new Sample(0, 500, 1, second, 0.1));
        }
        figures.remark("openssl s_server is left out: it is not installed");

        String text = new SocketReport(directory).write(figures, SocketOptions.parse(new String[] {}), 3);

        assertThat(text)
                .contains("| Lockstep | 1 | 500 | 0.50 | 500.0 | 1.00 | 0.25 | 200.0 |")
                .contains("| nginx | 2 | 4000 | 1.00 | 500.0 | 1.00 | 2.00 | 250.0 |")
                .contains("\n- openssl s_server is left out");
    }

    @Test
    void aWrongOptionIsNamed() {
        assertThat(SocketOptions.areMeant(new String[] {"--quick"})).isFalse();
        assertThatThrownBy(() -> SocketOptions.parse(new String[] {"--sockets", "--seconds", "0"}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--seconds");
        assertThatThrownBy(() -> SocketOptions.parse(new String[] {"--sockets", "--jvm", "none/java"}))
                .hasMessageContaining("none/java");
        assertThatThrownBy(() -> SocketOptions.parse(new String[] {"--sockets", "--quick"}))
                .hasMessageContaining("--quick");
        assertThatThrownBy(() -> SocketOptions.parse(new String[] {"--sockets", "--start-up"}))
                .hasMessageContaining("--sockets");
        assertThat(SocketOptions.parse(new String[] {"--start-up"}).startUp()).isTrue();
    }
}
