package dev.lockstep.server.audit;

import static dev.lockstep.server.audit.LogSamples.use;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The second place for every line. */
@Timeout(60)
class LogCopyTest {

    @TempDir
    Path directory;

    /** Takes half of a line while it is full. */
    private static final class Sink extends ByteArrayOutputStream {
        boolean full;

        @Override
        public void write(byte[] bytes) throws IOException {
            super.write(bytes, 0, full ? bytes.length / 2 : bytes.length);
            if (full) {
                throw new IOException("no space left");
            }
        }
    }

    private KeyUseLog open(Path file, Path copy, long most) throws IOException {
        return KeyUseLog.open(file, new KeyUseLog.Options(most, FsyncPolicy.NEVER, LogSamples.CLOCK, null, copy));
    }

    @Test
    void itHasEveryLineOfEveryFileAndOneOfThemIsAnAnchor() throws IOException {
        Path file = directory.resolve("keys.log");
        Path copy = directory.resolve("copy");
        for (int run = 0; run < 2; run++) {
            try (KeyUseLog log = open(file, copy, KeyUseLog.MIN_FILE_BYTES)) {
                for (int i = 0; i < 10; i++) {
                    log.append(use(i));
                }
            }
        }
        StringBuilder all = new StringBuilder();
        for (Path one : LogVerifier.filesOf(file)) {
            all.append(Files.readString(one));
        }
        List<String> lines = all.toString().lines().toList();
        // the line that a run begins after comes again
        assertThat(Files.readAllLines(copy).stream().distinct().toList()).isEqualTo(lines);
        assertThat(Files.readAllLines(copy)).hasSize(lines.size() + 1);

        String last = lines.get(lines.size() - 1);
        String anchor = LogSamples.chainOf((last + "\n").getBytes(StandardCharsets.US_ASCII));
        LogVerifier verifier = new LogVerifier(null, List.of(anchor));
        assertThat(verifier.verify(LogVerifier.filesOf(file))).isInstanceOf(LogVerifier.Intact.class);
        Files.writeString(file, Files.readString(file).replace(last + "\n", ""));
        assertThat(verifier.verify(LogVerifier.filesOf(file))).isInstanceOf(LogVerifier.Broken.class);
    }

    private static List<String> linesOf(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path one : LogVerifier.filesOf(file)) {
            lines.addAll(Files.readAllLines(one));
        }
        return lines;
    }

    @Test
    void itHasTheLineThatReplacesAPieceOfOne() throws IOException {
        Path file = directory.resolve("keys.log");
        Path copy = directory.resolve("copy");
        FaultyDisk disk = new FaultyDisk();
        KeyUseLog.Options options =
                new KeyUseLog.Options(KeyUseLog.MAX_FILE_BYTES, FsyncPolicy.NEVER, LogSamples.CLOCK, null, copy);
        try (KeyUseLog log = KeyUseLog.open(file, options, disk)) {
            log.append(use(1));
            disk.full = true;
            assertThatThrownBy(() -> log.append(use(2))).isInstanceOf(KeyUseLogException.class);
            disk.full = false;
            assertThat(log.recover()).isTrue();
            log.append(use(3));
        }
        assertThat(Files.readAllLines(copy)).isEqualTo(linesOf(file));
    }

    @Test
    void itHasTheFirstLineOfAFileThatWasBegunBeforeAFailure() throws IOException {
        Path file = directory.resolve("keys.log");
        Path copy = directory.resolve("copy");
        KeyUseLog.Options options =
                new KeyUseLog.Options(KeyUseLog.MIN_FILE_BYTES, FsyncPolicy.NEVER, LogSamples.CLOCK, null, copy);
        AtomicInteger opened = new AtomicInteger();
        LogOutput.Opener opener = path -> {
            if (opened.incrementAndGet() == 2) {
                throw new IOException("too many open files");
            }
            return LogOutput.ofFile(path);
        };
        try (KeyUseLog log = KeyUseLog.open(file, options, opener)) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 20; i++) {
                            log.append(use(i));
                        }
                    })
                    .hasMessageContaining("too many open files");
            assertThat(log.recover()).isTrue();
            log.append(use(3));
        }
        assertThat(Files.readAllLines(copy)).isEqualTo(linesOf(file));
    }

    @Test
    void aLineThatDidNotArriveIsWrittenAgainOnALineOfItsOwn() throws IOException {
        Sink sink = new Sink();
        try (LogCopy copy = new LogCopy(sink, false)) {
            copy.write("first line\n".getBytes(StandardCharsets.US_ASCII));
            sink.full = true;
            assertThatThrownBy(() -> copy.write("other line\n".getBytes(StandardCharsets.US_ASCII)))
                    .hasMessage("no space left");
            assertThatThrownBy(copy::retry).hasMessage("no space left");
            sink.full = false;
            copy.retry();
            copy.retry();
            copy.write("third line\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(sink.toString(StandardCharsets.US_ASCII).lines())
                .containsExactly("first line", "other", "other", "other line", "third line");
    }

    @Test
    void aFileThatEndsInsideALineIsContinuedOnTheNext() throws IOException {
        Path copy = directory.resolve("copy");
        Files.writeString(copy, "piece");
        open(directory.resolve("keys.log"), copy, KeyUseLog.MAX_FILE_BYTES).close();
        assertThat(Files.readString(copy)).startsWith("piece\n{\"seq\":1,");
    }

    @Test
    void aCopyThatCannotBeWrittenLetsTheLogBeOpenedAgain() throws IOException {
        Path file = directory.resolve("keys.log");
        assertThatThrownBy(() -> open(file, Path.of("/dev/full"), KeyUseLog.MAX_FILE_BYTES))
                .isInstanceOf(IOException.class);
        open(file, directory.resolve("copy"), KeyUseLog.MAX_FILE_BYTES).close();
    }
}
