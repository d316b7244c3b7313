package dev.lockstep.server.audit;

import static dev.lockstep.server.audit.LogSamples.chainOf;
import static dev.lockstep.server.audit.LogSamples.place;
import static dev.lockstep.server.audit.LogSamples.use;
import static dev.lockstep.server.audit.LogSamples.verify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one who may write the log's files cannot do without the log's key, or against a chain value noted elsewhere. */
@Timeout(60)
class CheckpointTest {

    private static final int USES = 150;

    @TempDir
    Path directory;

    private Path file;
    private Path keyFile;
    private CheckpointKey key;

    @BeforeEach
    void writeALog() throws IOException {
        file = directory.resolve("keys.log");
        keyFile = directory.resolve("log.key");
        key = CheckpointKey.readOrMake(keyFile);
        try (KeyUseLog log = open(file, key)) {
            for (int i = 0; i < USES; i++) {
                log.append(use(i));
            }
        }
    }

    private static KeyUseLog open(Path file, CheckpointKey key) throws IOException {
        return KeyUseLog.open(
                file, new KeyUseLog.Options(KeyUseLog.MAX_FILE_BYTES, FsyncPolicy.NEVER, LogSamples.CLOCK, key, null));
    }

    private List<byte[]> lines() throws IOException {
        return LogSamples.split(Files.readAllBytes(file));
    }

    private LogVerifier keyed(String... anchors) {
        return new LogVerifier(null, List.of(anchors), key);
    }

    /** What a writer of the file can do: the lines from one on with their chain values computed again. */
    private static byte[] rechained(List<byte[]> lines) throws Exception {
        String chain = Chain.START;
        List<byte[]> again = new ArrayList<>();
        for (byte[] line : lines) {
            String text = LogLine.parse(new String(line, StandardCharsets.US_ASCII).strip())
                    .text();
            chain = Chain.next(chain, text);
            again.add((LogLine.chained(text, chain) + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        return LogSamples.join(again);
    }

    /** A line with another text, and a chain value that does not fit yet. */
    private static byte[] replaced(byte[] line, String what, String by) {
        String text = new String(line, StandardCharsets.US_ASCII);
        assertThat(text).contains(what);
        return text.replace(what, by).getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void thereIsOneAtTheStartAfterSoManyUsesAndAtTheEnd() throws IOException {
        List<Integer> at = new ArrayList<>();
        List<byte[]> lines = lines();
        for (int i = 0; i < lines.size(); i++) {
            if (new String(lines.get(i), StandardCharsets.US_ASCII).contains("\"checkpoint\":\"")) {
                at.add(i);
            }
        }
        assertThat(at).containsExactly(1, 66, 131, USES + 4);
        assertThat(verify(keyed(), LogSamples.join(lines)))
                .isEqualTo(new LogVerifier.Intact(1, USES + 5, chainOf(lines.get(lines.size() - 1)), 0));
        try (KeyUseLog again = open(file, key)) {
            again.append(use(1));
        }
        assertThat(verify(keyed(), Files.readAllBytes(file))).isInstanceOf(LogVerifier.Intact.class);
    }

    @Test
    void aLineThatWasRewrittenWithAllThatFollowShowsAtTheNextCheckpoint() throws Exception {
        List<byte[]> lines = lines();
        lines.set(70, replaced(lines.get(70), "\"uid\":1000", "\"uid\":1001"));
        byte[] forged = rechained(lines);
        assertThat(verify(forged)).isInstanceOf(LogVerifier.Intact.class); // without the key nothing shows
        assertThat(place(verify(keyed(), forged))).isEqualTo("file1:132");
    }

    @Test
    void checkpointsThatWereTakenOutAreMissed() throws Exception {
        List<byte[]> lines = lines();
        List<byte[]> bare = new ArrayList<>();
        int seq = 0;
        for (byte[] line : lines) {
            String text = new String(line, StandardCharsets.US_ASCII);
            if (!text.contains("\"checkpoint\"")) {
                seq++;
                bare.add(text.replaceFirst("\"seq\":\\d+", "\"seq\":" + seq).getBytes(StandardCharsets.US_ASCII));
            }
        }
        byte[] forged = rechained(bare);
        assertThat(verify(forged)).isInstanceOf(LogVerifier.Intact.class);
        assertThat(place(verify(keyed(), forged))).isEqualTo("file1:2");
    }

    @Test
    void aCheckpointIsGoodForItsPlaceAndItsKeyOnly() throws Exception {
        CheckpointKey other = CheckpointKey.readOrMake(directory.resolve("other.key"));
        byte[] log = Files.readAllBytes(file);
        assertThat(place(verify(new LogVerifier(null, List.of(), other), log))).isEqualTo("file1:2");
        assertThatThrownBy(() -> open(file, other).close())
                .isInstanceOf(KeyUseLogException.class)
                .hasMessageContaining("was not made with the key");
        String mac = key.checkpoint(7, Chain.START);
        assertThat(key.accepts(7, Chain.START, mac)).isTrue();
        assertThat(key.accepts(8, Chain.START, mac)).isFalse();
        assertThat(key.accepts(7, "1" + Chain.START.substring(1), mac)).isFalse();
    }

    @Test
    void aCutTailShowsAgainstAnAnchorAndNotByTheKey() throws IOException {
        List<byte[]> lines = lines();
        String anchor = LogVerifier.lastChain(file);
        assertThat(anchor).isEqualTo(chainOf(lines.get(lines.size() - 1)));
        byte[] cut = LogSamples.join(lines.subList(0, 132));
        assertThat(verify(keyed(), cut)).isInstanceOf(LogVerifier.Intact.class);
        assertThat(((LogVerifier.Broken) verify(keyed(anchor), cut)).reason()).contains("the end was cut");
        assertThat(verify(keyed(anchor), LogSamples.join(lines))).isInstanceOf(LogVerifier.Intact.class);
    }

    @Test
    void theLastChainValueIsReadWhileALineIsBeingWrittenAndNotFromABrokenFile() throws Exception {
        List<byte[]> lines = lines();
        byte[] whole = LogSamples.join(lines);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 5));
        assertThat(LogVerifier.lastChain(file)).isEqualTo(chainOf(lines.get(lines.size() - 2)));
        lines.remove(9);
        Files.write(file, LogSamples.join(lines));
        assertThatThrownBy(() -> LogVerifier.lastChain(file))
                .isInstanceOf(KeyUseLogException.class)
                .hasMessageContaining("line 10: missing");
    }

    @Test
    void theKeysFileIsItsOwnersAloneAndRefusedOtherwise() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile)))
                .isEqualTo("rw-------");
        String text = Files.readString(keyFile);
        assertThat(text).matches("[0-9a-f]{64}\n");
        for (String permissions : List.of("rw-r-----", "rw----r--", "rw--w----", "rw-----w-")) {
            Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString(permissions));
            assertThatThrownBy(() -> CheckpointKey.readOrMake(keyFile))
                    .isInstanceOf(KeyUseLogException.class)
                    .hasMessageContaining("used by others");
        }
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("r--------"));
        CheckpointKey again = CheckpointKey.readOrMake(keyFile);
        assertThat(again.checkpoint(1, Chain.START)).isEqualTo(key.checkpoint(1, Chain.START));
        assertThat(again.toString()).doesNotContain(text.strip());
        Path wrong = LogSamples.privateFile(directory.resolve("wrong.key"), text.substring(1));
        assertThatThrownBy(() -> CheckpointKey.read(wrong))
                .hasMessageContaining("holds no key")
                .hasMessageNotContaining(text.substring(1).strip());
    }

    private List<String> names(Path in) throws IOException {
        try (Stream<Path> all = Files.list(in)) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    private Path keyDirectory() throws IOException {
        return Files.createDirectory(directory.resolve("secret"));
    }

    @Test
    void startsAtTheSameTimeHaveOneKeyAndLeaveNothingElse() throws Exception {
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        Path secret = keyDirectory();
        try {
            for (int round = 0; round < 20; round++) {
                Path one = secret.resolve("key" + round);
                CountDownLatch begin = new CountDownLatch(1);
                List<Future<String>> macs = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    macs.add(pool.submit(() -> {
                        begin.await();
                        return CheckpointKey.readOrMake(one).checkpoint(1, Chain.START);
                    }));
                }
                begin.countDown();
                String mac = CheckpointKey.readOrMake(one).checkpoint(1, Chain.START);
                for (Future<String> each : macs) {
                    assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo(mac);
                }
            }
        } finally {
            pool.shutdown();
        }
        assertThat(names(secret)).hasSize(20).allMatch(name -> name.startsWith("key"));
    }

    @Test
    void aFileThatAnInterruptedStartLeftEmptyGetsAKeyWithTheFirstLog() throws IOException {
        Path secret = keyDirectory();
        Path empty = LogSamples.privateFile(secret.resolve("log.key"), "");
        LogSamples.privateFile(secret.resolve(".log.key.new"), "0123");
        Path other = directory.resolve("other.log");
        CheckpointKey made = CheckpointKey.readOrMake(empty);
        assertThat(empty).isEmptyFile(); // a command line that is refused leaves no trace
        for (int run = 0; run < 2; run++) {
            try (KeyUseLog log = open(other, made)) {
                log.append(use(1));
            }
        }
        assertThat(Files.readString(empty)).matches("[0-9a-f]{64}\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(empty)))
                .isEqualTo("rw-------");
        assertThat(names(secret)).containsExactly(".log.key.new", "log.key");
        CheckpointKey read = CheckpointKey.readOrMake(empty);
        assertThat(verify(new LogVerifier(null, List.of(), read), Files.readAllBytes(other)))
                .isInstanceOf(LogVerifier.Intact.class);
    }

    @Test
    void theEmptiedKeyOfALogIsNotReplaced() throws IOException {
        Files.write(keyFile, new byte[0]);
        CheckpointKey made = CheckpointKey.readOrMake(keyFile);
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> open(file, made))
                .isInstanceOf(KeyUseLogException.class)
                .hasMessageContaining(keyFile + " is empty, and " + file + " has checkpoints of another key");
        assertThat(keyFile).isEmptyFile();
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void anEmptyFileThatGetsAKeyMeanwhileKeepsIt() throws IOException {
        Path empty = LogSamples.privateFile(keyDirectory().resolve("log.key"), "");
        CheckpointKey made = CheckpointKey.readOrMake(empty);
        Files.copy(keyFile, empty, StandardCopyOption.REPLACE_EXISTING);
        assertThatThrownBy(() -> open(directory.resolve("other.log"), made))
                .isInstanceOf(KeyUseLogException.class)
                .hasMessageContaining("another process");
        assertThat(empty).hasSameBinaryContentAs(keyFile);
        assertThat(names(empty.getParent())).containsExactly("log.key");
    }

    @Test
    void aLinkThatLeadsNowhereIsNotReplaced() throws IOException {
        Path secret = keyDirectory();
        Path link = Files.createSymbolicLink(secret.resolve("log.key"), directory.resolve("absent/log.key"));
        assertThatThrownBy(() -> CheckpointKey.readOrMake(link)).isInstanceOf(IOException.class);
        assertThat(link).isSymbolicLink();
        assertThat(names(secret)).containsExactly("log.key");
    }

    @Test
    void aFileSystemWithoutHardLinksCanHaveTheKey() throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(directory.resolve("z.zip"), Map.of("create", "true"))) {
            Path inside = zip.getPath("/log.key");
            CheckpointKey made = CheckpointKey.readOrMake(inside);
            assertThat(CheckpointKey.readOrMake(inside).checkpoint(1, Chain.START))
                    .isEqualTo(made.checkpoint(1, Chain.START));
            assertThat(names(zip.getPath("/"))).containsExactly("log.key");
        }
    }
}
