package dev.lockstep.server.audit;

import static dev.lockstep.server.audit.LogSamples.chainOf;
import static dev.lockstep.server.audit.LogSamples.place;
import static dev.lockstep.server.audit.LogSamples.use;
import static dev.lockstep.server.audit.LogSamples.verify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
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
}
