package dev.lockstep.server.audit;

import static dev.lockstep.server.audit.LogSamples.open;
import static dev.lockstep.server.audit.LogSamples.options;
import static dev.lockstep.server.audit.LogSamples.use;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that is opened after a crash continues where it was, and says what was lost; after anything else it refuses. */
class LogRecoveryTest {

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameTheLog() {
        file = directory.resolve("keys.log");
    }

    private LogVerifier.Verdict verify() throws IOException {
        return new LogVerifier(null, List.of()).verify(LogVerifier.filesOf(file));
    }

    private void assertRefused(String reason) {
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(KeyUseLogException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aTornLastLineIsReplacedByOneThatSaysSoWhereverItWasTorn() throws IOException {
        List<byte[]> lines = LogSamples.lines(directory, 2);
        byte[] whole = LogSamples.join(lines);
        int start = whole.length - lines.get(2).length;
        for (int length = start + 1; length < whole.length; length++) {
            byte[] torn = Arrays.copyOf(whole, length);
            Files.write(file, torn);
            try (KeyUseLog log = open(file)) {
                log.append(use(3));
            }
            List<String> now = Files.readAllLines(file);
            assertThat(now).hasSize(4);
            assertThat(now.get(2))
                    .startsWith("{\"seq\":3,")
                    .contains("\"repaired\":" + (length - start) + ",\"cut\":\""
                            + KeyUse.digest(Arrays.copyOfRange(torn, start, length)) + "\"");
            assertThat(verify()).isInstanceOf(LogVerifier.Intact.class);
        }
    }

    @Test
    void aLongTornPieceOfAnyBytesIsTakenOutToo() throws IOException {
        byte[] whole = LogSamples.join(LogSamples.lines(directory, 1));
        Files.write(file, Arrays.copyOf(whole, whole.length + 5_000)); // what a file system may leave: zeros
        open(file).close();
        assertThat(Files.readAllLines(file)).hasSize(3).last().asString().contains("\"repaired\":5000,");
        assertThat(verify()).isInstanceOf(LogVerifier.Intact.class);
    }

    @Test
    void anAlteredLineIsRefusedAndNothingIsChanged() throws IOException {
        List<byte[]> lines = LogSamples.lines(directory, 3);
        for (int i = 0; i < lines.size(); i++) {
            byte[] altered = lines.get(i).clone();
            altered[40] ^= 1;
            List<byte[]> changed = new ArrayList<>(lines);
            changed.set(i, altered);
            byte[] before = LogSamples.join(changed);
            Files.write(file, before);
            assertRefused(file + " line " + (i + 1) + ": altered");
            assertThat(Files.readAllBytes(file)).isEqualTo(before);
        }
    }

    @Test
    void aFileThatIsEmptyOrBeginsTornIsRefused() throws IOException {
        Files.createFile(file);
        assertRefused("line 1: missing: the file is empty");
        Files.writeString(file, "{\"seq\":1");
        assertRefused("line 1: cut off");
    }

    @Test
    void aRefusalLeavesTheLogUnlocked() throws IOException {
        Files.createFile(file);
        assertRefused("empty");
        Files.delete(file);
        open(file).close();
        assertThat(verify()).isInstanceOf(LogVerifier.Intact.class);
    }

    @Test
    void aCrashAtAnyPointOfTheRotationIsFinished() throws IOException {
        LogFiles files = new LogFiles(file);
        try (KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MIN_FILE_BYTES, FsyncPolicy.NEVER))) {
            while (files.finished().size() < 2) {
                log.append(use(1));
            }
        }
        byte[] second = Files.readAllBytes(files.finished(2));
        byte[] head = LogSamples.split(Files.readAllBytes(file)).get(0);

        // the next file is written, nothing renamed; its line may be torn
        for (int length : new int[] {0, 20, head.length}) {
            Files.write(file, second);
            Files.deleteIfExists(files.finished(2));
            Files.write(files.next(), Arrays.copyOf(head, length));
            open(file).close();
            assertThat(files.next()).doesNotExist();
            assertThat(verify())
                    .isEqualTo(new LogVerifier.Intact(
                            2,
                            LogSamples.split(Files.readAllBytes(files.finished(1)))
                                            .size()
                                    + LogSamples.split(second).size(),
                            LogSamples.chainOf(LogSamples.split(second)
                                    .get(LogSamples.split(second).size() - 1)),
                            LogSamples.split(second).size()
                                    + LogSamples.split(Files.readAllBytes(files.finished(1)))
                                            .size()
                                    - 2));
        }

        // the current file has its number, the next one not yet its name
        Files.write(files.finished(2), second);
        Files.delete(file);
        Files.write(files.next(), head);
        try (KeyUseLog log = open(file)) {
            log.append(use(2));
        }
        assertThat(files.next()).doesNotExist();
        assertThat(verify()).isInstanceOf(LogVerifier.Intact.class);
    }

    @Test
    void aCurrentFileThatWasTakenAwayIsNotReplaced() throws IOException {
        LogFiles files = new LogFiles(file);
        try (KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MIN_FILE_BYTES, FsyncPolicy.NEVER))) {
            while (files.finished().size() < 3) {
                log.append(use(1));
            }
        }
        Files.delete(file);
        assertRefused("is missing, although " + files.finished(3) + " was finished");
        // nor does a first line that does not follow stand in for it
        Files.write(
                files.next(),
                LogSamples.split(Files.readAllBytes(files.finished(3))).get(0));
        assertRefused("is missing, although");
        assertThat(file).doesNotExist();
    }

    @Test
    void whatIsLeftOfAFirstFileThatNeverBeganIsReplaced() throws IOException {
        Files.writeString(new LogFiles(file).next(), "{\"se");
        open(file).close();
        assertThat(verify()).isInstanceOf(LogVerifier.Intact.class);
    }
}
