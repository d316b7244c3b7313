package dev.lockstep.tls.internal.record;

import static dev.lockstep.tls.internal.record.Alerts.assertAlert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.BulkCipher;
import dev.lockstep.tls.spec.ContentType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which records go through the arrays of the thread, and that nothing of them stays there. */
class ScratchTest {
    private static final byte MARK = 0x77;
    private static final int SIZE = 100;
    private static final byte[] PLAINTEXT = RecordSuite.pattern(SIZE, 4);

    @BeforeEach
    void mark() {
        Arrays.fill(Scratch.input(), MARK);
        Arrays.fill(Scratch.output(), MARK);
    }

    private static boolean isUnused(byte[] scratch) {
        byte[] marks = new byte[Scratch.SIZE];
        Arrays.fill(marks, MARK);
        return Arrays.equals(scratch, marks);
    }

    private static ByteBuffer sealed(RecordSuite suite, BufferKind kind) {
        Protection sealing = suite.sealing();
        ByteBuffer record = kind.allocate(RecordHeader.LENGTH + sealing.sealedLength(SIZE));
        int start = record.position();
        sealing.seal(ContentType.APPLICATION_DATA, kind.holding(PLAINTEXT), SIZE, record);
        return record.position(start + RecordHeader.LENGTH);
    }

    /** Room that the cipher works in: with CBC, padding and MAC are decrypted too. */
    private static int room(RecordSuite suite, int fragmentLength) {
        return suite.suite().isAead() ? SIZE : fragmentLength - 16;
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void recordsInHeapBuffersAreNotCopied(RecordSuite suite) {
        ByteBuffer record = sealed(suite, BufferKind.HEAP);
        assertThat(isUnused(Scratch.input())).as("sealed from there").isTrue();
        assertThat(isUnused(Scratch.output())).as("sealed into it").isTrue();
        int length = record.remaining();
        byte[] fragment = new byte[length];
        record.get(record.position(), fragment);
        ByteBuffer out = ByteBuffer.allocate(room(suite, length));
        assertThat(suite.opening().open(23, 0x0303, ByteBuffer.wrap(fragment), length, out))
                .isEqualTo(SIZE);
        assertThat(isUnused(Scratch.input())).as("opened from there").isTrue();
        suite.opening().open(23, 0x0303, record, length, out.clear());
        // the JDK's ChaCha20 opens from the start of an array or makes copies of its own
        assertThat(isUnused(Scratch.input()))
                .as("opened from there")
                .isEqualTo(suite.cipher() != BulkCipher.CHACHA20_POLY1305);
        assertThat(isUnused(Scratch.output())).as("opened into it").isTrue();
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void nothingOfAPlaintextStays(RecordSuite suite) {
        ByteBuffer record = sealed(suite, BufferKind.DIRECT);
        assertThat(Scratch.input()).startsWith(new byte[SIZE]);
        int length = record.remaining();
        ByteBuffer out = BufferKind.DIRECT.allocate(RecordHeader.MAX_PLAINTEXT);
        assertThat(suite.opening().open(23, 0x0303, record, length, out)).isEqualTo(SIZE);
        assertThat(out.flip()).isEqualTo(ByteBuffer.wrap(PLAINTEXT));
        assertThat(Scratch.output()).startsWith(new byte[room(suite, length)]);
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#cbc")
    void nothingOfAPlaintextThatIsTooLongStays(RecordSuite suite) {
        for (BufferKind kind : new BufferKind[] {BufferKind.HEAP, BufferKind.DIRECT}) {
            ByteBuffer record = sealed(suite, kind);
            int length = record.remaining();
            ByteBuffer out = kind.allocate(RecordHeader.MAX_PLAINTEXT);
            assertAlert(AlertDescription.RECORD_OVERFLOW, () -> suite.opening()
                    .openAt(23, 0x0303, record, record.position(), length, out, SIZE - 1));
            assertThat(out).isEqualTo(ByteBuffer.allocate(RecordHeader.MAX_PLAINTEXT));
            if (kind == BufferKind.DIRECT) {
                assertThat(Scratch.output()).startsWith(new byte[room(suite, length)]);
            }
        }
    }

    /** A cipher may fail in any way, a provider's among them: with its key destroyed it does. */
    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void aCipherThatFailsLeavesNothingThereEither(RecordSuite suite) {
        Protection sealing = suite.sealing();
        Protection opening = suite.opening();
        ByteBuffer record = sealed(suite, BufferKind.HEAP);
        RecordWriter writer = new RecordWriter();
        writer.changeProtection(sealing, RecordHeader.MAX_PLAINTEXT);
        sealing.destroy();
        opening.destroy();
        mark();
        ByteBuffer direct = ByteBuffer.allocateDirect(2 * RecordHeader.MAX_PLAINTEXT);
        assertThatIllegalStateException()
                .isThrownBy(() -> sealing.seal(
                        ContentType.APPLICATION_DATA,
                        direct.duplicate().put(PLAINTEXT).flip(),
                        SIZE,
                        direct.duplicate()));
        assertThat(Arrays.copyOf(Scratch.input(), SIZE)).as("plaintext to seal").containsOnly(0);

        ByteBuffer[] pieces = {ByteBuffer.wrap(PLAINTEXT, 0, 40), ByteBuffer.wrap(PLAINTEXT, 40, SIZE - 40)};
        assertThatIllegalStateException().isThrownBy(() -> writer.write(pieces, direct.duplicate()));
        assertThat(Arrays.copyOf(Scratch.gathered(), SIZE))
                .as("plaintext that was gathered")
                .containsOnly(0);

        int length = record.remaining();
        assertThatIllegalStateException()
                .isThrownBy(() -> opening.open(23, 0x0303, record, length, direct.duplicate()));
        assertThat(Arrays.copyOf(Scratch.output(), room(suite, length)))
                .as("what was opened")
                .containsOnly(0);
    }
}
