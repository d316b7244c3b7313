package dev.lockstep.server.audit;

import static dev.lockstep.server.audit.LogSamples.chainOf;
import static dev.lockstep.server.audit.LogSamples.join;
import static dev.lockstep.server.audit.LogSamples.place;
import static dev.lockstep.server.audit.LogSamples.verify;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is done to a log, the first line that it was done to is named. */
class TamperingTest {

    private static final int USES = 4;

    @TempDir
    Path directory;

    private List<byte[]> lines;
    private byte[] whole;

    @BeforeEach
    void writeLog() throws IOException {
        lines = LogSamples.lines(directory, USES);
        whole = join(lines);
    }

    @Test
    void theLogAsWrittenIsIntact() throws IOException {
        assertThat(verify(whole)).isEqualTo(new LogVerifier.Intact(1, USES + 1, chainOf(lines.get(USES)), USES));
    }

    @Test
    @Tag("one-jdk")
    void everyChangeOfOneByteToAnyValueNamesItsLine() throws IOException {
        int at = 0;
        for (int line = 0; line < lines.size(); line++) {
            for (int i = 0; i < lines.get(line).length; i++, at++) {
                byte[] changed = whole.clone();
                for (int value = 0; value < 256; value++) {
                    changed[at] = (byte) value;
                    String expected = changed[at] == whole[at] ? "intact" : "file1:" + (line + 1);
                    String found = place(verify(changed));
                    if (!found.equals(expected)) { // an assertion for each would take longer than the checks
                        assertThat(found).as("byte %d as %d", at, value).isEqualTo(expected);
                    }
                }
            }
        }
        assertThat(at).isEqualTo(whole.length);
    }

    @Test
    void everyInsertedAndEveryRemovedByteNamesItsLine() throws IOException {
        int at = 0;
        for (int line = 0; line < lines.size(); line++) {
            for (int i = 0; i < lines.get(line).length; i++, at++) {
                byte[] shorter = new byte[whole.length - 1];
                System.arraycopy(whole, 0, shorter, 0, at);
                System.arraycopy(whole, at + 1, shorter, at, shorter.length - at);
                assertThat(place(verify(shorter))).as("without byte %d", at).isEqualTo("file1:" + (line + 1));
                for (byte more : new byte[] {' ', '\n', '0', 0}) {
                    byte[] longer = new byte[whole.length + 1];
                    System.arraycopy(whole, 0, longer, 0, at);
                    longer[at] = more;
                    System.arraycopy(whole, at, longer, at + 1, whole.length - at);
                    // a line end before a line end leaves that line whole and adds an empty one behind it
                    boolean behind = more == '\n' && i == lines.get(line).length - 1;
                    assertThat(place(verify(longer)))
                            .as("%d at %d", more, at)
                            .isEqualTo("file1:" + (line + (behind ? 2 : 1)));
                }
            }
        }
    }

    @Test
    void everyRemovedLineIsMissedWhereItStood() throws IOException {
        for (int i = 0; i < USES; i++) {
            List<byte[]> left = new ArrayList<>(lines);
            left.remove(i);
            assertThat(verify(join(left)))
                    .as("without line %d", i + 1)
                    .isInstanceOfSatisfying(LogVerifier.Broken.class, broken -> assertThat(broken.reason())
                            .startsWith("missing"));
            assertThat(place(verify(join(left)))).isEqualTo("file1:" + (i + 1));
        }
    }

    @Test
    void aRemovedEndShowsByAnAnchorAndOnlyByOne() throws IOException {
        String anchor = chainOf(lines.get(USES));
        LogVerifier anchored = new LogVerifier(null, List.of(anchor, chainOf(lines.get(2))));
        assertThat(place(verify(anchored, whole))).isEqualTo("intact");
        for (int left = 1; left <= USES; left++) {
            byte[] cut = join(lines.subList(0, left));
            assertThat(place(verify(cut))).isEqualTo("intact");
            assertThat(place(verify(anchored, cut))).isEqualTo("file1:" + (left + 1));
        }
    }

    @Test
    void everyDuplicatedLineIsNamedWhereItStandsAgain() throws IOException {
        for (int i = 0; i < lines.size(); i++) {
            for (int to = i + 1; to <= lines.size(); to++) {
                List<byte[]> more = new ArrayList<>(lines);
                more.add(to, lines.get(i));
                assertThat(place(verify(join(more)))).isEqualTo("file1:" + (to + 1));
            }
        }
    }

    @Test
    void everyTwoSwappedLinesAreNamedAtTheFirst() throws IOException {
        for (int i = 0; i < lines.size(); i++) {
            for (int j = i + 1; j < lines.size(); j++) {
                List<byte[]> swapped = new ArrayList<>(lines);
                Collections.swap(swapped, i, j);
                assertThat(place(verify(join(swapped)))).isEqualTo("file1:" + (i + 1));
            }
        }
    }

    @Test
    void everyTruncationInsideALineIsNamedThere() throws IOException {
        int end = 0;
        for (int line = 0; line < lines.size(); line++) {
            int start = end;
            end += lines.get(line).length;
            for (int length = start + 1; length < end; length++) {
                LogVerifier.Verdict verdict = verify(Arrays.copyOf(whole, length));
                assertThat(verdict).isEqualTo(new LogVerifier.Broken("file1", line + 1, "cut off: it has no line end"));
            }
        }
        assertThat(place(verify(new byte[0]))).isEqualTo("file1:1");
    }

    @Test
    void aLineRewrittenWithAFittingChainValueIsCaughtAtTheNext() throws IOException {
        String forged = new String(lines.get(2), StandardCharsets.US_ASCII)
                .replace("\"uid\":1000", "\"uid\":1001")
                .replaceAll(",\"chain\":.*\n", "}");
        String chain = Chain.next(chainOf(lines.get(1)), forged);
        List<byte[]> changed = new ArrayList<>(lines);
        changed.set(2, (LogLine.chained(forged, chain) + "\n").getBytes(StandardCharsets.US_ASCII));
        assertThat(place(verify(join(changed)))).isEqualTo("file1:4");
    }

    @Test
    void aLineOfAnyLengthIsRefusedWithoutBeingKept() throws IOException {
        byte[] long1 = new byte[LogLine.MAX_BYTES];
        Arrays.fill(long1, (byte) 'x');
        long1[long1.length - 1] = '\n';
        assertThat(verify(join(List.of(lines.get(0), long1))))
                .isInstanceOfSatisfying(LogVerifier.Broken.class, broken -> assertThat(broken.reason())
                        .contains("does not end in"));
        byte[] long2 = new byte[10_000_000];
        long2[long2.length - 1] = '\n';
        assertThat(verify(join(List.of(lines.get(0), long2))))
                .isEqualTo(new LogVerifier.Broken("file1", 2, "altered: it is longer than 1024 bytes"));
    }
}
