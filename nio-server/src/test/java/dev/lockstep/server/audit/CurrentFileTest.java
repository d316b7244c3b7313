package dev.lockstep.server.audit;

import static dev.lockstep.server.audit.LogSamples.open;
import static dev.lockstep.server.audit.LogSamples.options;
import static dev.lockstep.server.audit.LogSamples.use;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The current file is read as it was opened, and a line that is being written is no altered one. */
@Timeout(60)
class CurrentFileTest {

    @TempDir
    Path directory;

    private interface Writing {
        void run() throws IOException;
    }

    private FileCheck read(Path file, int looks, AtomicInteger pauses, Writing writing) throws IOException {
        Runnable pause = () -> {
            pauses.incrementAndGet();
            try {
                writing.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        try (CurrentFile current = CurrentFile.open(new LogFiles(file), pause)) {
            return current.read(ChainCheck.fromStart(null), chain -> {}, looks);
        }
    }

    @Test
    void aRotationLeavesItTheFileThatItIs() throws IOException {
        Path file = directory.resolve("keys.log");
        LogFiles files = new LogFiles(file);
        try (KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MIN_FILE_BYTES, FsyncPolicy.NEVER));
                CurrentFile current = CurrentFile.open(files)) {
            while (files.finished().size() < 2) {
                log.append(use(1));
            }
            assertThat(current.number()).isEqualTo(1);
            int lines = LogSamples.split(Files.readAllBytes(files.finished(1))).size();
            assertThat(current.read(ChainCheck.fromStart(null), chain -> {}, CurrentFile.IMPATIENT))
                    .isEqualTo(new FileCheck(lines, Files.size(files.finished(1)), null, false));
        }
    }

    @Test
    void inTheMiddleOfARotationTheNextFileIsTheCurrentOne() throws IOException {
        Path file = directory.resolve("keys.log");
        LogFiles files = new LogFiles(file);
        assertThatThrownBy(() -> CurrentFile.open(files)).isInstanceOf(NoSuchFileException.class);
        try (KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MIN_FILE_BYTES, FsyncPolicy.NEVER))) {
            while (files.finished().isEmpty()) {
                log.append(use(1));
            }
        }
        byte[] head = LogSamples.split(Files.readAllBytes(file)).get(0);
        String chain = LogSamples.chainOf(head);
        Files.delete(file);
        assertThatThrownBy(() -> CurrentFile.open(files)).isInstanceOf(NoSuchFileException.class);
        files.writeNext(head);
        assertThat(LogVerifier.lastChain(file)).isEqualTo(chain);
        assertThat(new LogVerifier(null, List.of()).verifyLog(file))
                .isInstanceOfSatisfying(LogVerifier.Intact.class, intact -> assertThat(intact.chain())
                        .isEqualTo(chain));
    }

    @Test
    void aLineIsReadWhenItsEndHasBeenWritten() throws IOException {
        byte[] whole = LogSamples.join(LogSamples.lines(directory, 3));
        Path file = directory.resolve("keys.log");
        Files.write(file, Arrays.copyOf(whole, whole.length - 20));
        AtomicInteger pauses = new AtomicInteger();
        FileCheck read = read(file, CurrentFile.PATIENT, pauses, () -> {
            if (pauses.get() == CurrentFile.PATIENT) {
                Files.write(file, whole);
            }
        });
        assertThat(read).isEqualTo(new FileCheck(4, whole.length, null, false));
    }

    @Test
    void aLineThatStaysIncompleteIsCutOff() throws IOException {
        List<byte[]> lines = LogSamples.lines(directory, 3);
        byte[] whole = LogSamples.join(lines);
        Path file = directory.resolve("keys.log");
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        for (int looks : new int[] {CurrentFile.IMPATIENT, CurrentFile.PATIENT}) {
            AtomicInteger pauses = new AtomicInteger();
            long intact = whole.length - lines.get(3).length;
            assertThat(read(file, looks, pauses, () -> {}))
                    .isEqualTo(new FileCheck(3, intact, "cut off: it has no line end", true));
            assertThat(pauses).hasValue(looks);
        }
    }

    @Test
    void aPieceOfALineMayBeReplacedMeanwhile() throws IOException {
        byte[] whole = LogSamples.join(LogSamples.lines(directory, 3));
        Path file = directory.resolve("keys.log");
        Files.write(file, Arrays.copyOf(whole, whole.length - 20));
        FileCheck read = read(
                file, CurrentFile.PATIENT, new AtomicInteger(), () -> open(file).close());
        assertThat(Files.readString(file)).contains("\"repaired\":");
        assertThat(read).isEqualTo(new FileCheck(4, Files.size(file), null, false));
    }

    @Test
    void anAlteredLineStaysOne() throws IOException {
        List<byte[]> lines = LogSamples.lines(directory, 3);
        lines.get(2)[40] ^= 1;
        Path file = directory.resolve("keys.log");
        Files.write(file, LogSamples.join(lines));
        AtomicInteger pauses = new AtomicInteger();
        FileCheck read = read(file, CurrentFile.PATIENT, pauses, () -> {});
        assertThat(read.lines()).isEqualTo(2);
        assertThat(read.wrong()).startsWith("altered");
        assertThat(pauses.get()).isLessThan(10);
    }
}
