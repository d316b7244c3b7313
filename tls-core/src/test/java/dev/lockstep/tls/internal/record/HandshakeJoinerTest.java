package dev.lockstep.tls.internal.record;

import static dev.lockstep.tls.internal.record.Alerts.assertAlert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.tls.spec.AlertDescription;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeJoinerTest {
    private static final int BOUND = 1 << 17;

    private static HandshakeJoiner joiner() {
        return new HandshakeJoiner(HandshakeJoiner.bounds(BOUND, 1000));
    }

    private static byte[] message(int type, int bodyLength) {
        byte[] message = RecordSuite.pattern(4 + bodyLength, type);
        message[0] = (byte) type;
        message[1] = (byte) (bodyLength >> 16);
        message[2] = (byte) (bodyLength >> 8);
        message[3] = (byte) bodyLength;
        return message;
    }

    /** Feeds fragments as a connection does: drain, append, drain. */
    private static List<byte[]> join(HandshakeJoiner joiner, Iterable<byte[]> fragments) {
        List<byte[]> messages = new ArrayList<>();
        for (byte[] fragment : fragments) {
            joiner.append(ByteBuffer.wrap(fragment));
            while (joiner.hasMessage()) {
                messages.add(joiner.next());
            }
        }
        return messages;
    }

    @Test
    void everyCutOfMessagesIntoThreeFragmentsGivesTheSameMessages() {
        List<byte[]> messages = List.of(message(1, 7), message(14, 0), message(16, 20), message(20, 12));
        byte[] all = ReferenceRecords.concat(messages.toArray(new byte[0][]));
        for (int a = 0; a <= all.length; a++) {
            for (int b = a; b <= all.length; b++) {
                HandshakeJoiner joiner = joiner();
                List<byte[]> joined = join(
                        joiner,
                        List.of(
                                Arrays.copyOf(all, a),
                                Arrays.copyOfRange(all, a, b),
                                Arrays.copyOfRange(all, b, all.length)));
                assertThat(joined).as("cut at %d and %d", a, b).containsExactlyElementsOf(messages);
                assertThat(joiner.isEmpty()).isTrue();
                assertThat(joiner.retainedBytes()).isZero();
            }
        }
    }

    @Test
    void randomCutsOfManyMessagesGiveTheSameMessages() {
        Random random = new Random(20250101);
        for (int round = 0; round < 300; round++) {
            List<byte[]> messages = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                messages.add(message(i % 3 == 0 ? 1 : 11, random.nextInt(i % 4 == 0 ? 1000 : 40)));
            }
            byte[] all = ReferenceRecords.concat(messages.toArray(new byte[0][]));
            List<byte[]> fragments = new ArrayList<>();
            for (int at = 0; at < all.length; ) {
                int length = Math.min(all.length - at, random.nextInt(1 + random.nextInt(700)));
                fragments.add(Arrays.copyOfRange(all, at, at + length));
                at += length;
            }
            assertThat(join(joiner(), fragments)).containsExactlyElementsOf(messages);
        }
    }

    @Test
    void directFragmentsAreTakenToo() {
        HandshakeJoiner joiner = joiner();
        ByteBuffer fragment = BufferKind.DIRECT_SLICED.holding(message(1, 50));
        joiner.append(fragment);
        assertThat(fragment.hasRemaining()).isFalse();
        assertThat(joiner.next()).isEqualTo(message(1, 50));
    }

    @Test
    void oneByteFragmentsTakeLinearTimeAndMemory() {
        byte[] message = message(1, BOUND);
        HandshakeJoiner joiner = joiner();
        ByteBuffer bytes = ByteBuffer.wrap(message);
        long copied = 0;
        int held = 0;
        for (int i = 0; i < message.length; i++) {
            assertThat(joiner.hasMessage()).isFalse();
            bytes.limit(i + 1);
            joiner.append(bytes);
            if (joiner.retainedBytes() != held) {
                held = joiner.retainedBytes();
                copied += i;
            }
            assertThat(held).isLessThanOrEqualTo(Math.max(64, 2 * (i + 1)));
        }
        // every growth copies what is there; all growths together must not exceed a small multiple of the message
        assertThat(copied).isLessThan(2L * message.length);
        assertThat(joiner.next()).isEqualTo(message);
        assertThat(joiner.retainedBytes()).isZero();
    }

    @Test
    void manySmallMessagesInOneRecordTakeLinearMemory() {
        byte[][] messages = new byte[4096][];
        Arrays.fill(messages, message(0, 0));
        HandshakeJoiner joiner = joiner();
        joiner.append(ByteBuffer.wrap(ReferenceRecords.concat(messages)));
        int held = joiner.retainedBytes();
        int copies = 0;
        for (int left = messages.length; left > 0; left--) {
            assertThat(joiner.hasMessage()).isTrue();
            copies += joiner.retainedBytes() == held ? 0 : 1;
            held = joiner.retainedBytes();
            assertThat(held).isLessThanOrEqualTo(8 * left + 8);
            assertThat(joiner.next()).isEqualTo(messages[0]);
        }
        assertThat(copies).as("copies of what is left").isLessThan(20);
        assertThat(joiner.isEmpty()).isTrue();
    }

    @Test
    void aMessageThatFillsItsFragmentIsHandedOverWithoutASecondCopy() {
        HandshakeJoiner joiner = joiner();
        joiner.append(ByteBuffer.wrap(message(11, 500)));
        assertThat(joiner.retainedBytes()).isEqualTo(504);
        assertThat(joiner.next()).isEqualTo(message(11, 500));
    }

    @Test
    void memoryFollowsTheBytesThatCameAndNotTheLengthAnnounced() {
        HandshakeJoiner joiner = joiner();
        joiner.append(ByteBuffer.wrap(message(1, BOUND), 0, 4));
        assertThat(joiner.hasMessage()).isFalse();
        assertThat(joiner.isEmpty()).isFalse();
        assertThat(joiner.retainedBytes()).isLessThan(100);
        joiner.append(ByteBuffer.wrap(new byte[10]));
        assertThat(joiner.hasMessage()).isFalse();
        assertThat(joiner.isEmpty()).isFalse();
        assertThat(joiner.retainedBytes()).isLessThan(100);
    }

    @Test
    void aBodyOverItsBoundIsRefusedAtTheHeader() {
        for (int type : new int[] {1, 11, 15, 16, 20}) {
            int bound = type == 1 ? BOUND : 1000;
            // our limit is no fault of the message, unless no such message is that long: Finished has 12 bytes
            AlertDescription alert =
                    switch (type) {
                        case 11 -> AlertDescription.CERTIFICATE_UNKNOWN;
                        case 20 -> AlertDescription.DECODE_ERROR;
                        default -> AlertDescription.UNEXPECTED_MESSAGE;
                    };
            HandshakeJoiner atBound = joiner();
            atBound.append(ByteBuffer.wrap(message(type, bound), 0, 4));
            assertThat(atBound.hasMessage()).isFalse();

            HandshakeJoiner over = joiner();
            byte[] header = Arrays.copyOf(message(type, bound + 1), 4);
            over.append(ByteBuffer.wrap(header, 0, 3));
            assertThat(over.hasMessage()).isFalse();
            over.append(ByteBuffer.wrap(header, 3, 1));
            assertAlert(alert, over::hasMessage);
            assertAlert(alert, () -> over.append(ByteBuffer.wrap(header)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 131396, UNEXPECTED_MESSAGE",
        "1, 131397, DECODE_ERROR",
        "1, 16777215, DECODE_ERROR",
        "11, 16777215, CERTIFICATE_UNKNOWN",
        "15, 65539, UNEXPECTED_MESSAGE",
        "15, 65540, DECODE_ERROR",
        "16, 131074, UNEXPECTED_MESSAGE",
        "16, 131075, DECODE_ERROR"
    })
    void aLengthThatNoMessageOfTheTypeCanHaveIsADecodeError(int type, int length, AlertDescription alert) {
        HandshakeJoiner joiner = joiner();
        byte[] header = {(byte) type, (byte) (length >> 16), (byte) (length >> 8), (byte) length};
        joiner.append(ByteBuffer.wrap(header));
        assertAlert(alert, joiner::hasMessage);
    }

    @Test
    void anUnknownTypeIsUnexpectedAtTheHeader() {
        for (int type : new int[] {3, 5, 6, 24, 66, 254, 255}) {
            HandshakeJoiner joiner = joiner();
            joiner.append(ByteBuffer.wrap(message(type, 5), 0, 4));
            assertAlert(AlertDescription.UNEXPECTED_MESSAGE, joiner::hasMessage);
        }
    }

    @Test
    void aBadHeaderBehindAMessageDoesNotSpoilTheMessage() {
        HandshakeJoiner joiner = joiner();
        joiner.append(ByteBuffer.wrap(ReferenceRecords.concat(message(16, 9), new byte[] {99, 0, 0, 0})));
        assertThat(joiner.next()).isEqualTo(message(16, 9));
        assertAlert(AlertDescription.UNEXPECTED_MESSAGE, joiner::hasMessage);
    }

    @Test
    void emptyPartialAndWholeAreToldApart() {
        HandshakeJoiner joiner = joiner();
        assertThat(joiner.isEmpty()).isTrue();
        assertThat(joiner.hasMessage()).isFalse();
        joiner.append(ByteBuffer.allocate(0));
        assertThat(joiner.isEmpty()).isTrue();
        joiner.append(ByteBuffer.wrap(new byte[] {16}));
        assertThat(joiner.isEmpty()).isFalse();
        assertThat(joiner.hasMessage()).isFalse();
        assertThat(joiner.isEmpty()).isFalse();
        joiner.append(ByteBuffer.wrap(new byte[] {0, 0, 0, 20}));
        assertThat(joiner.hasMessage()).isTrue();
        assertThat(joiner.isEmpty()).isFalse();
        joiner.next();
        assertThat(joiner.hasMessage()).isFalse();
        assertThat(joiner.isEmpty()).isFalse();
        joiner.clear();
        assertThat(joiner.isEmpty()).isTrue();
    }

    @Test
    void aMessageIsDueWhenItIsWholeAndNotSooner() {
        HandshakeJoiner joiner = joiner();
        assertThat(joiner.isDue()).isFalse();
        joiner.append(ByteBuffer.wrap(message(16, 9), 0, 12));
        assertThat(joiner.isDue()).isFalse();
        assertThatIllegalStateException().isThrownBy(joiner::next);
        joiner.append(ByteBuffer.wrap(message(16, 9), 12, 1));
        assertThat(joiner.isDue()).isTrue();
        assertThat(joiner.next()).isEqualTo(message(16, 9));
        assertThat(joiner.isDue()).isFalse();
    }

    @Test
    void aHeaderThatIsRefusedIsDue() {
        HandshakeJoiner joiner = joiner();
        joiner.append(ByteBuffer.wrap(new byte[] {99, 0, 0, 0}));
        assertThat(joiner.isDue()).isTrue();
        assertThat(joiner.isDue()).isTrue();
        assertAlert(AlertDescription.UNEXPECTED_MESSAGE, joiner::hasMessage);
    }

    @Test
    void anEmptyBodyIsWithinABoundOfZero() {
        HandshakeJoiner joiner = new HandshakeJoiner(HandshakeJoiner.bounds(10, 0));
        joiner.append(ByteBuffer.wrap(message(14, 0)));
        assertThat(joiner.next()).isEqualTo(message(14, 0));
        joiner.append(ByteBuffer.wrap(message(14, 1)));
        assertAlert(AlertDescription.DECODE_ERROR, joiner::hasMessage);
    }

    @Test
    void aTypeThatTheBoundsKnowNeedNotBeOneOfTls() {
        HandshakeJoiner joiner = new HandshakeJoiner(type -> 10);
        joiner.append(ByteBuffer.wrap(message(99, 10)));
        assertThat(joiner.next()).isEqualTo(message(99, 10));
        joiner.append(ByteBuffer.wrap(message(99, 11)));
        assertAlert(AlertDescription.DECODE_ERROR, joiner::hasMessage);
    }

    @Test
    void messagesAreTakenBeforeMoreIsAppended() {
        HandshakeJoiner joiner = joiner();
        assertThatIllegalStateException().isThrownBy(joiner::next);
        joiner.append(ByteBuffer.wrap(message(20, 12)));
        assertThatIllegalStateException().isThrownBy(() -> joiner.append(ByteBuffer.allocate(1)));
        joiner.next();
        assertThatIllegalStateException().isThrownBy(joiner::next);
    }
}
