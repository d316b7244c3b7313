package dev.lockstep.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.server.Environment;
import dev.lockstep.server.Main;
import dev.lockstep.server.Running;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code audit verify}: 0 for an intact log, 1 and the place for a broken one, 2 for a wrong command line. */
@Timeout(60)
class AuditCommandTest {

    @TempDir
    Path directory;

    private Path log;
    private String lastChain = "";

    @BeforeEach
    void writeALogOfThreeFiles() throws IOException {
        log = directory.resolve("keys.log");
        KeyUseLog.Options options =
                new KeyUseLog.Options(KeyUseLog.MIN_FILE_BYTES, FsyncPolicy.EACH, Clock.systemUTC());
        try (KeyUseLog writer = KeyUseLog.open(log, options)) {
            for (int i = 0; !Files.exists(directory.resolve("keys.log.000002")); i++) {
                writer.append(KeyUse.of(
                        KeyPeer.local(7), i, "decrypt:raw", "rsa", new byte[] {(byte) i}, "ok", Duration.ofMillis(1)));
            }
            lastChain = writer.lastChain();
        }
    }

    private static Running audit(Object... args) throws Exception {
        List<String> all = new ArrayList<>(List.of("audit", "verify"));
        for (Object arg : args) {
            all.add(arg.toString());
        }
        return Running.finished(Map.of(), all.toArray(String[]::new));
    }

    private Path finished(int number) {
        return directory.resolve("keys.log.00000" + number);
    }

    private static void assertRefused(Running running, String line) {
        assertThat(running.err().strip()).isEqualTo(line);
        assertThat(running.out()).isEmpty();
        assertThat(running.exitCode()).isEqualTo(2);
    }

    @Test
    void anIntactLogIsFoundFromItsCurrentFileOrFromAllItsFilesInAnyOrder() throws Exception {
        for (Running running : List.of(audit(log), audit(log, finished(2), finished(1)))) {
            assertThat(running.err()).isEmpty();
            assertThat(running.out()).matches("intact: \\d+ lines in 3 files, last chain value " + lastChain + "\\R");
            assertThat(running.exitCode()).isZero();
        }
    }

    @Test
    void theFirstBrokenLineIsNamed() throws Exception {
        String text = Files.readString(finished(2));
        Files.writeString(finished(2), text.replaceFirst("\"uid\":7", "\"uid\":8"));
        Running running = audit(log);
        assertThat(running.err().strip())
                .isEqualTo(finished(2) + " line 2: altered: its chain value does not follow from its text and the"
                        + " chain value before");
        assertThat(running.out()).isEmpty();
        assertThat(running.exitCode()).isEqualTo(1);
    }

    @Test
    void aMissingFileIsBrokenUnlessItsEndIsKnown() throws Exception {
        String[] lines = Files.readString(finished(1)).split("\n");
        String end = lines[lines.length - 1].replaceAll(".*\"chain\":\"|\"}$", "");
        Files.delete(finished(1));
        Running running = audit(log);
        assertThat(running.err()).startsWith(finished(2) + " line 1: missing");
        assertThat(running.exitCode()).isEqualTo(1);
        assertThat(audit("--after", end, finished(2), log).exitCode()).isZero();
        assertThat(audit("--after", lastChain, finished(2), log).exitCode()).isEqualTo(1);
    }

    @Test
    void anAnchorShowsACutEnd() throws Exception {
        assertThat(audit("--anchor", lastChain, log).exitCode()).isZero();
        Running running = audit("--anchor", lastChain, "--anchor", "0".repeat(64), log);
        assertThat(running.exitCode()).isEqualTo(1);
        assertThat(running.err()).contains("missing: no line has the chain value " + "0".repeat(64));
    }

    /** Each file has a few lines only, so that files are finished while others are read. */
    @Test
    @Tag("one-jdk")
    void aLogIsIntactWhileItIsWritten() throws Exception {
        KeyUseLog.Options options =
                new KeyUseLog.Options(KeyUseLog.MIN_FILE_BYTES, FsyncPolicy.NEVER, Clock.systemUTC());
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<Boolean> written = thread.submit(() -> {
                try (KeyUseLog writer = KeyUseLog.open(log, options)) {
                    while (!over.get()) {
                        writer.append(
                                KeyUse.of(KeyPeer.local(7), 1, "decrypt:raw", "rsa", new byte[1], "ok", Duration.ZERO));
                    }
                }
                return true;
            });
            for (int i = 0; i < 20; i++) {
                Running running = audit(log);
                assertThat(running.err()).isEmpty();
                assertThat(running.exitCode()).isZero();
                Running head = Running.finished(Map.of(), "audit", "head", log.toString());
                assertThat(head.err()).isEmpty();
                assertThat(head.out()).matches("[0-9a-f]{64}\\R");
            }
            over.set(true);
            assertThat(written.get(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            over.set(true);
            thread.shutdown();
        }
    }

    @Test
    void anOlderFileInPlaceOfTheCurrentOneIsFound() throws Exception {
        Files.copy(finished(1), log, StandardCopyOption.REPLACE_EXISTING);
        Running running = audit(log);
        assertThat(running.err()).startsWith(log + " line 1: repeated");
        assertThat(running.exitCode()).isEqualTo(1);
    }

    /** As {@code audit head keys.log > anchor} on a full disk. */
    @Test
    void anOutputThatCannotBeWrittenIsAnError() {
        for (String command : List.of("head", "verify")) {
            PrintWriter full = new PrintWriter(OutputStream.nullOutputStream());
            full.close();
            StringWriter errors = new StringWriter();
            Environment environment =
                    new Environment(full, new PrintWriter(errors, true), name -> null, Clock.systemUTC(), loops -> {});
            assertThat(Main.run(new String[] {"audit", command, log.toString()}, environment))
                    .isEqualTo(2);
            assertThat(errors.toString().strip())
                    .isEqualTo("standard output: it cannot be written; make room, or write elsewhere");
        }
    }

    @Test
    void wrongCommandLinesAreRefusedInOneLine() throws Exception {
        Path none = directory.resolve("none");
        assertRefused(audit(none), "FILE: " + none + " cannot be read; name the files of one key-use log");
        assertRefused(audit(directory), "FILE: " + directory + " cannot be read; name the files of one key-use log");
        assertRefused(
                audit("--after", "ABC", log),
                "--after: 'ABC' is not 64 lower-case hex digits; give one as audit verify prints it");
        assertRefused(
                audit("--anchor", "x", log),
                "--anchor: 'x' is not 64 lower-case hex digits; give one as audit verify prints it");
        assertThat(audit().exitCode()).isEqualTo(2);
        assertThat(audit().err().lines()).hasSize(1);
        assertThat(Running.finished(Map.of(), "audit").exitCode()).isEqualTo(2);
        assertThat(audit("--before", "x", log).exitCode()).isEqualTo(2);
    }
}
