package dev.lockstep.server.audit;

import static dev.lockstep.server.audit.LogSamples.options;
import static dev.lockstep.server.audit.LogSamples.use;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What other programs, a disk and an end of the process do to a log that is open. */
@Timeout(60)
class LogChangesTest {

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameTheLog() {
        file = directory.resolve("keys.log");
    }

    private KeyUseLog open(LogOutput.Opener disk) throws IOException {
        return KeyUseLog.open(file, options(KeyUseLog.MAX_FILE_BYTES, FsyncPolicy.EACH), disk);
    }

    private LogVerifier.Verdict verify() throws IOException {
        return new LogVerifier(null, List.of()).verifyLog(file);
    }

    private static void assertRefused(KeyUseLog log, String reason) {
        assertThatThrownBy(() -> log.append(use(9)))
                .isInstanceOf(KeyUseLogException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aLogThatWasCutWhileItsDiskWasFullIsNotTakenUpAgain() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        KeyUseLog log = open(disk);
        log.append(use(1));
        byte[] before = Files.readAllBytes(file);
        log.append(use(2));
        byte[] whole = Files.readAllBytes(file);
        disk.full = true;
        assertRefused(log, "no space left");
        disk.full = false;

        Files.write(file, before); // cut at the end of a line, where nothing shows it
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(log::recover)
                    .isInstanceOf(KeyUseLogException.class)
                    .hasMessageContaining("lines are missing");
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        Files.write(file, Arrays.copyOf(before, before.length + 7)); // the same with a piece behind it
        assertThatThrownBy(log::recover).hasMessageContaining("lines are missing");
        assertThat(Files.size(file)).isEqualTo(before.length + 7);

        Files.write(file, whole);
        assertThat(log.recover()).isTrue();
        log.append(use(3));
        log.close();
        assertThat(verify()).isInstanceOf(LogVerifier.Intact.class);
        assertThat(Files.readString(file)).contains("\"request\":1", "\"request\":2", "\"request\":3");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLogThatIsGoneIsNotBegunOnceMore(boolean isFileFinished) throws IOException {
        FaultyDisk disk = new FaultyDisk();
        KeyUseLog log = KeyUseLog.open(
                file,
                options(isFileFinished ? KeyUseLog.MIN_FILE_BYTES : KeyUseLog.MAX_FILE_BYTES, FsyncPolicy.EACH),
                disk);
        for (int i = 0; i < 20; i++) {
            log.append(use(i));
        }
        Path elsewhere = directory.resolve("keys.log-old");
        Files.move(file, elsewhere);
        assertRefused(log, "renamed or removed");
        assertThatThrownBy(log::recover).isInstanceOf(KeyUseLogException.class);
        assertThat(file).doesNotExist();

        Files.move(elsewhere, file);
        assertThat(log.recover()).isTrue();
        log.append(use(21));
        log.close();
        assertThat(verify()).isInstanceOf(LogVerifier.Intact.class);
    }

    @Test
    void anotherFileUnderItsNameIsNoticedBeforeTheNextLine() throws IOException {
        KeyUseLog log = open(LogOutput::ofFile);
        log.append(use(1));
        Path elsewhere = directory.resolve("keys.log.1"); // what logrotate does with 'create'
        Files.move(file, elsewhere);
        LogSamples.privateFile(file, "");
        assertRefused(log, "another file has taken its place");
        assertThatThrownBy(log::recover).hasMessageContaining("empty");
        assertThat(file).isEmptyFile();
        log.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x"})
    void aFileThatOthersCutOrWriteIsNoticedBeforeTheNextLine(String left) throws IOException {
        KeyUseLog log = open(LogOutput::ofFile);
        log.append(use(1));
        // what logrotate does with 'copytruncate', and a second writer without the lock
        Files.writeString(
                file, left, left.isEmpty() ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND);
        assertRefused(log, "was changed while the log was open");
        log.close();
    }

    @Test
    void aFileThatWasCutAfterTheLastLineIsNoticedWhenTheLogIsClosed() throws IOException {
        KeyUseLog log = open(LogOutput::ofFile);
        byte[] before = Files.readAllBytes(file);
        log.append(use(1));
        Files.write(file, before);
        assertThatThrownBy(log::close)
                .isInstanceOf(KeyUseLogException.class)
                .hasMessageContaining("was changed while the log was open");
        LogSamples.open(directory.resolve("other.log")).close();
        LogSamples.open(file).close(); // released all the same
    }

    @ParameterizedTest
    @ValueSource(strings = {"each", "3", "never"})
    void whatAFailedFsyncLeavesBehindIsWrittenOnceMore(String policy) throws IOException {
        ForgetfulDisk disk = new ForgetfulDisk(file);
        KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MAX_FILE_BYTES, FsyncPolicy.parse(policy)), disk);
        log.append(use(1));
        log.append(use(2));
        disk.failures = 3;
        int failed = 0;
        for (int i = 0; i < 12; i++) {
            try {
                log.append(use(i));
            } catch (KeyUseLogException e) {
                failed++;
                recover(log);
            }
        }
        assertThat(failed).isEqualTo(policy.equals("never") ? 0 : 1);
        if (policy.equals("never")) {
            disk.failures = 0;
        }
        log.close();
        assertThat(disk.hasAll()).isTrue();
        assertThat(verify()).isInstanceOf(LogVerifier.Intact.class);
    }

    private static void recover(KeyUseLog log) {
        boolean isRecovered = false;
        while (!isRecovered) {
            try {
                isRecovered = log.recover();
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("Input/output error");
            }
        }
    }

    /** Threads of a pool that ends are interrupted. */
    @Test
    void anInterruptedThreadBeginsTheNextFileToo() throws IOException {
        try (KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MIN_FILE_BYTES, FsyncPolicy.EACH))) {
            Thread.currentThread().interrupt();
            for (int i = 0; i < 20; i++) {
                log.append(use(i));
            }
            assertThat(Thread.interrupted()).isTrue();
        } finally {
            boolean unused = Thread.interrupted();
        }
        assertThat(LogVerifier.filesOf(file)).hasSizeGreaterThan(2);
        assertThat(verify()).isInstanceOf(LogVerifier.Intact.class);
    }
}
