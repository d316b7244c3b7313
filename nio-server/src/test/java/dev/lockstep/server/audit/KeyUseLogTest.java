package dev.lockstep.server.audit;

import static dev.lockstep.server.audit.LogSamples.open;
import static dev.lockstep.server.audit.LogSamples.options;
import static dev.lockstep.server.audit.LogSamples.use;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Writing, rotating and forcing to the disk. */
@Timeout(60)
@Tag("one-jdk")
class KeyUseLogTest {

    @TempDir
    Path directory;

    private LogVerifier.Verdict verify(Path file) throws IOException {
        return new LogVerifier(null, List.of()).verify(LogVerifier.filesOf(file));
    }

    @Test
    void eachUseIsOneLineAndTheFileIsItsOwnersOnly() throws IOException {
        Path file = directory.resolve("keys.log");
        try (KeyUseLog log = open(file)) {
            assertThat(log.lastSeq()).isEqualTo(1);
            log.append(use(1));
            log.append(use(2));
            assertThat(Files.readAllLines(file)).hasSize(3);
            assertThat(Files.readAllLines(file).get(2)).contains("\"request\":2", log.lastChain());
        }
        assertThat(verify(file)).isInstanceOf(LogVerifier.Intact.class);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void theChainContinuesAcrossFilesAndAcrossWriters() throws IOException {
        Path file = directory.resolve("keys.log");
        String last = "";
        for (int writer = 0; writer < 5; writer++) {
            try (KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MIN_FILE_BYTES, FsyncPolicy.NEVER))) {
                assertThat(log.lastChain()).isEqualTo(writer == 0 ? log.lastChain() : last);
                for (int i = 0; i < 20; i++) {
                    log.append(use(i));
                }
                last = log.lastChain();
            }
        }
        List<Path> files = LogVerifier.filesOf(file);
        assertThat(files).hasSizeGreaterThan(15);
        String previous = Chain.START;
        for (Path one : files) {
            List<byte[]> lines = LogSamples.split(Files.readAllBytes(one));
            assertThat(Files.size(one)).isLessThanOrEqualTo(KeyUseLog.MIN_FILE_BYTES);
            assertThat(new String(lines.get(0), StandardCharsets.US_ASCII))
                    .contains("\"previous\":\"" + previous + "\"");
            previous = LogSamples.chainOf(lines.get(lines.size() - 1));
        }
        assertThat(verify(file)).isEqualTo(new LogVerifier.Intact(files.size(), 100L + files.size(), last, 100));
    }

    @Test
    void aMissingOrMisnamedFileIsNoticedAndAKnownStartIsAccepted() throws IOException {
        Path file = directory.resolve("keys.log");
        try (KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MIN_FILE_BYTES, FsyncPolicy.NEVER))) {
            for (int i = 0; i < 20; i++) {
                log.append(use(i));
            }
        }
        List<Path> files = LogVerifier.filesOf(file);
        LogVerifier strict = new LogVerifier(null, List.of());
        for (int i = 0; i < files.size() - 1; i++) {
            List<Path> left = new ArrayList<>(files);
            left.remove(i);
            assertThat(strict.verify(left)).isEqualTo(brokenAtTheHeadOf(files.get(i + 1), strict.verify(left)));
        }
        List<byte[]> first = LogSamples.split(Files.readAllBytes(files.get(0)));
        LogVerifier later = new LogVerifier(LogSamples.chainOf(first.get(first.size() - 1)), List.of());
        assertThat(later.verify(files.subList(1, files.size()))).isInstanceOf(LogVerifier.Intact.class);
        assertThat(later.verify(files.subList(2, files.size()))).isInstanceOf(LogVerifier.Broken.class);
        assertThat(later.verify(files)).isInstanceOf(LogVerifier.Broken.class);
        byte[] whole = Files.readAllBytes(files.get(0));
        Files.write(files.get(0), LogSamples.join(first.subList(0, first.size() - 1)));
        assertThat(strict.verify(files)).isEqualTo(brokenAtTheHeadOf(files.get(1), strict.verify(files)));
        Files.write(files.get(0), whole);
        Files.move(files.get(0), directory.resolve("swap"));
        Files.move(files.get(1), files.get(0));
        Files.move(directory.resolve("swap"), files.get(1));
        assertThat(LogSamples.place(strict.verify(files))).isEqualTo(files.get(0) + ":1");
    }

    /** In these locales {@code String.format} writes Arabic, Persian, Devanagari and Burmese digits unless told otherwise. */
    @ParameterizedTest
    @ValueSource(strings = {"ar-EG", "fa-IR", "hi-IN-u-nu-deva", "my-MM"})
    void theDigitsOfTheLocaleAreNotThoseOfFileNames(String locale) throws IOException {
        Path file = directory.resolve("keys.log");
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.forLanguageTag(locale));
        try (KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MIN_FILE_BYTES, FsyncPolicy.NEVER))) {
            assertThat(String.format("%d", 7)).isNotEqualTo("7");
            for (int i = 0; i < 20; i++) {
                log.append(use(i));
            }
        } finally {
            Locale.setDefault(before);
        }
        assertThat(LogVerifier.filesOf(file)).hasSizeGreaterThan(2).contains(directory.resolve("keys.log.000001"));
        assertThat(verify(file)).isInstanceOf(LogVerifier.Intact.class);
    }

    private static LogVerifier.Broken brokenAtTheHeadOf(Path file, LogVerifier.Verdict verdict) {
        assertThat(verdict).isInstanceOf(LogVerifier.Broken.class);
        return new LogVerifier.Broken(file.toString(), 1, ((LogVerifier.Broken) verdict).reason());
    }

    @Test
    void writersInManyThreadsLoseNothingAndMixNothing() throws Exception {
        Path file = directory.resolve("keys.log");
        int threads = 8;
        int each = 500;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (KeyUseLog log = KeyUseLog.open(file, options(16_384, FsyncPolicy.NEVER))) {
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int base = thread * each;
                done.add(pool.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        log.append(use(base + i));
                    }
                    return base;
                }));
            }
            for (Future<?> one : done) {
                one.get(30, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdown();
        }
        assertThat(verify(file)).isInstanceOf(LogVerifier.Intact.class);
        List<Long> requests = new ArrayList<>();
        for (Path one : LogVerifier.filesOf(file)) {
            for (String line : Files.readAllLines(one)) {
                if (LogLine.parse(line).line().entry() instanceof KeyUse use) {
                    requests.add(use.request());
                }
            }
        }
        assertThat(requests).hasSize(threads * each).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({"never, 0, 1", "each, 10, 11", "3, 3, 4", "10, 1, 2", "11, 0, 1"})
    void linesAreForcedToTheDiskAsThePolicySays(String policy, int syncs, int afterClose) throws IOException {
        FaultyDisk disk = new FaultyDisk();
        KeyUseLog log = KeyUseLog.open(
                directory.resolve("keys.log"), options(KeyUseLog.MAX_FILE_BYTES, FsyncPolicy.parse(policy)), disk);
        for (int i = 0; i < 10; i++) {
            log.append(use(i));
        }
        assertThat(disk.writes).isEqualTo(10);
        assertThat(disk.syncs).isEqualTo(syncs);
        log.close();
        log.close();
        assertThat(disk.syncs).isEqualTo(afterClose);
    }

    @Test
    void aFinishedFileIsForcedToTheDiskUnderEveryPolicy() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        Path file = directory.resolve("keys.log");
        try (KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MIN_FILE_BYTES, FsyncPolicy.NEVER), disk)) {
            for (int i = 0; i < 20; i++) {
                log.append(use(i));
            }
            assertThat(disk.syncs)
                    .isEqualTo(LogVerifier.filesOf(file).size() - 1)
                    .isPositive();
        }
    }

    @Test
    void wrongPoliciesAndSizesAreRefused() {
        assertThatThrownBy(() -> FsyncPolicy.parse("often")).hasMessageStartingWith("fsync: 'often' is no policy");
        assertThatThrownBy(() -> FsyncPolicy.parse("0"))
                .hasMessage("fsync: '0' is no policy; use never, each or a number of lines");
        assertThatThrownBy(() -> new FsyncPolicy(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options(KeyUseLog.MIN_FILE_BYTES - 1, FsyncPolicy.NEVER))
                .hasMessageStartingWith("maxFileBytes: 2047 is out of range");
        assertThatThrownBy(() -> options(KeyUseLog.MAX_FILE_BYTES + 1, FsyncPolicy.NEVER))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFullDiskEndsTheLogAndReopeningItSaysWhatWasCut() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        Path file = directory.resolve("keys.log");
        try (KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MAX_FILE_BYTES, FsyncPolicy.NEVER), disk)) {
            log.append(use(1));
            disk.full = true;
            assertThatThrownBy(() -> log.append(use(2)))
                    .isInstanceOf(KeyUseLogException.class)
                    .hasMessage(file + ": cannot be written: no space left");
            disk.full = false;
            assertThatThrownBy(() -> log.append(use(3))).hasMessageContaining("could not be written before");
        }
        assertThat(verify(file)).isEqualTo(new LogVerifier.Broken(file.toString(), 3, "cut off: it has no line end"));
        try (KeyUseLog log = open(file)) {
            log.append(use(4));
        }
        assertThat(Files.readAllLines(file).get(2)).contains("\"repaired\":");
        assertThat(verify(file)).isInstanceOf(LogVerifier.Intact.class);
    }

    @Test
    void aLogWhoseDiskWasFullIsTakenUpAgainAndSaysSo() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        Path file = directory.resolve("keys.log");
        KeyUseLog closed;
        try (KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MAX_FILE_BYTES, FsyncPolicy.EACH), disk)) {
            closed = log;
            assertThat(log.recover()).isTrue(); // nothing has failed, so nothing is written
            log.append(use(1));
            disk.full = true;
            assertThatThrownBy(() -> log.append(use(2))).isInstanceOf(KeyUseLogException.class);
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(log::recover).hasMessage("no space left");
                assertThatThrownBy(() -> log.append(use(2))).hasMessageContaining("could not be written before");
            }
            disk.full = false;
            assertThat(log.recover()).isTrue();
            log.append(use(3));
        }
        assertThat(closed.recover()).isFalse();
        assertThat(verify(file)).isInstanceOf(LogVerifier.Intact.class);
        assertThat(Files.readString(file)).contains("\"request\":1", "\"repaired\":0", "\"request\":3");
        assertThat(Files.readString(file)).doesNotContain("\"request\":2");
    }

    @Test
    void anErrorEndsTheLogAsAFailureDoes() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        Path file = directory.resolve("keys.log");
        try (KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MAX_FILE_BYTES, FsyncPolicy.NEVER), disk)) {
            disk.runsOutOfMemory = true;
            assertThatThrownBy(() -> log.append(use(1))).isInstanceOf(OutOfMemoryError.class);
            disk.runsOutOfMemory = false;
            assertThatThrownBy(() -> log.append(use(2))).hasMessageContaining("could not be written before");
            assertThat(log.recover()).isTrue();
            log.append(use(3));
        }
        assertThat(verify(file)).isInstanceOf(LogVerifier.Intact.class);
    }

    @Test
    void aDirectoryAmongTheFilesIsAnErrorOfReading() throws IOException {
        Path file = directory.resolve("keys.log");
        Files.createDirectory(directory.resolve("keys.log.000001"));
        assertThatThrownBy(() -> KeyUseLog.hasCheckpoints(file)).isInstanceOf(IOException.class);
    }

    @Test
    void aDiskThatCannotKeepALineEndsTheLog() throws IOException {
        FaultyDisk disk = new FaultyDisk();
        Path file = directory.resolve("keys.log");
        try (KeyUseLog log = KeyUseLog.open(file, options(KeyUseLog.MAX_FILE_BYTES, FsyncPolicy.EACH), disk)) {
            disk.failsToSync = true;
            assertThatThrownBy(() -> log.append(use(1))).hasMessageEndingWith("the disk is gone");
            disk.failsToSync = false;
            assertThatThrownBy(() -> log.append(use(2))).isInstanceOf(KeyUseLogException.class);
        }
    }

    @Test
    void aSecondWriterIsKeptOutUntilTheFirstCloses() throws IOException {
        Path file = directory.resolve("keys.log");
        KeyUseLog first = open(file);
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(KeyUseLogException.class)
                .hasMessageContaining("is open in another writer");
        first.close();
        assertThatThrownBy(() -> first.append(use(1))).hasMessageContaining("is closed");
        open(file).close();
    }
}
