package dev.lockstep.tls.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.aead.Aead;
import dev.lockstep.crypto.aead.AeadAlgorithm;
import dev.lockstep.tls.spec.BulkCipher;
import dev.lockstep.tls.spec.CipherSuite;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Application data of several buffers: into which records it goes, and how much of it when there is little room. */
class RecordGatheringTest {
    private static final RecordSuite GCM = RecordSuite.of(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, false);
    private static final int LIMIT = 2048;
    private static final int OVERHEAD = RecordHeader.LENGTH + 8 + 16;

    private final RecordWriter writer = new RecordWriter();
    private final RecordReader reader = new RecordReader(new RecordLimits(0, 0));
    private final ByteBuffer opened = ByteBuffer.allocate(20_000);

    @BeforeEach
    void protect() {
        writer.changeProtection(GCM.sealing(), LIMIT);
        reader.changeProtection(GCM.opening(), LIMIT);
    }

    /** Buffers of these lengths, of bytes that follow one another. */
    private static ByteBuffer[] sources(int... lengths) {
        ByteBuffer[] sources = new ByteBuffer[lengths.length];
        byte[] all = RecordSuite.pattern(20_000, 6);
        int at = 0;
        for (int i = 0; i < lengths.length; i++) {
            sources[i] = ByteBuffer.wrap(all, at, lengths[i]);
            at += lengths[i];
        }
        return sources;
    }

    private static int remaining(ByteBuffer... sources) {
        return Stream.of(sources).mapToInt(ByteBuffer::remaining).sum();
    }

    /** The lengths of what the records hold, which must be the next of the bytes that were handed over. */
    private List<Integer> recordsIn(ByteBuffer records) {
        List<Integer> lengths = new ArrayList<>();
        records.flip();
        while (reader.isComplete(reader.header(records), records)) {
            lengths.add(reader.open(reader.header(records), records, opened));
        }
        assertThat(records.hasRemaining()).isFalse();
        ByteBuffer soFar = opened.duplicate().flip();
        assertThat(soFar).isEqualTo(ByteBuffer.wrap(RecordSuite.pattern(20_000, 6), 0, soFar.remaining()));
        return lengths;
    }

    private void assertWritten(ByteBuffer[] sources, int room, boolean all, Integer... lengths) {
        int before = remaining(sources);
        ByteBuffer records = ByteBuffer.allocate(room);
        assertThat(writer.write(sources, records)).as("everything taken").isEqualTo(all);
        List<Integer> written = recordsIn(records);
        assertThat(written).containsExactly(lengths);
        assertThat(before - remaining(sources))
                .isEqualTo(written.stream().mapToInt(length -> length).sum());
        assertThat(remaining(sources) == 0).isEqualTo(all);
    }

    @Test
    void smallBuffersShareARecord() {
        assertWritten(sources(1, 0, 2, 3, 0), 20_000, true, 6);
    }

    @Test
    void recordsAreFilledAcrossBuffers() {
        assertWritten(sources(10, 5000, 7), 20_000, true, LIMIT, LIMIT, 5017 - 2 * LIMIT);
        assertWritten(sources(0), 20_000, true);
    }

    @Test
    void nothingIsNoRecord() {
        assertWritten(sources(), 100, true);
        assertWritten(sources(0, 0), 100, true);
    }

    @Test
    void whatFillsRecordsByItselfIsNotCopied() {
        byte[] mark = RecordSuite.pattern(RecordHeader.MAX_PLAINTEXT, 1);
        System.arraycopy(mark, 0, Scratch.gathered(), 0, mark.length);
        assertWritten(sources(2 * LIMIT, 100), 20_000, true, LIMIT, LIMIT, 100);
        assertThat(Scratch.gathered()).isEqualTo(mark);
    }

    @Test
    void aSingleBufferIsNotCopied() {
        byte[] mark = RecordSuite.pattern(RecordHeader.MAX_PLAINTEXT, 1);
        System.arraycopy(mark, 0, Scratch.gathered(), 0, mark.length);
        assertWritten(sources(LIMIT + 100), 20_000, true, LIMIT, 100);
        assertThat(Scratch.gathered()).isEqualTo(mark);
    }

    @Test
    void nothingStaysWhereBuffersAreGathered() {
        System.arraycopy(RecordSuite.pattern(100, 1), 0, Scratch.gathered(), 0, 100);
        assertWritten(sources(40, 60), 20_000, true, 100);
        assertThat(Scratch.gathered()).startsWith(new byte[100]);
    }

    @Test
    void aSmallRecordNeedsTheRoomOfAllOfIt() {
        ByteBuffer[] sources = sources(3, 4);
        assertWritten(sources, OVERHEAD + 6, false);
        assertWritten(sources, 3, false);
        assertWritten(sources, OVERHEAD + 7, true, 7);
    }

    @Test
    void aSingleBufferForWhichThereIsNoRoomStays() {
        assertWritten(sources(7), OVERHEAD + 6, false);
    }

    @Test
    void theFirstRecordIsCutButNotTooShort() {
        ByteBuffer[] sources = sources(400, 400);
        assertWritten(sources, OVERHEAD + RecordWriter.SHORTEST_CUT - 1, false);
        assertWritten(sources, OVERHEAD + RecordWriter.SHORTEST_CUT, false, RecordWriter.SHORTEST_CUT);
        assertThat(sources[0].hasRemaining()).isFalse();
        assertWritten(sources, OVERHEAD + 288, true, 288);
    }

    @Test
    void noOtherRecordIsCut() {
        ByteBuffer[] sources = sources(1000, LIMIT - 1000, 500, 500);
        assertWritten(sources, 2 * OVERHEAD + LIMIT + 999, false, LIMIT);
        assertThat(remaining(sources)).isEqualTo(1000);
        assertWritten(sources, OVERHEAD + 1000, true, 1000);
    }

    @Test
    void aSecondRecordIsWrittenWhenThereIsRoomForAllOfIt() {
        ByteBuffer[] sources = sources(1000, LIMIT - 1000, 500, 500);
        assertWritten(sources, 2 * OVERHEAD + LIMIT + 1000, true, LIMIT, 1000);
    }

    /** What is left of the key belongs to the closing alert. */
    @Test
    void aKeyThatIsNearItsLimitProtectsNoData() {
        Aead aead = Aead.sealing(AeadAlgorithm.AES_128_GCM, GCM.key(), 0);
        writer.changeProtection(new AeadProtection(aead, BulkCipher.AES_128_GCM, GCM.fixedIv(), 0, 10), LIMIT);
        assertThat(writer.protection().isNearLimit()).isTrue();
        assertWritten(sources(3, 4), 20_000, false);
        assertWritten(sources(7), 20_000, false);
    }
}
