package dev.lockstep.keys.keyserver.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames are written as the protocol's page says, and nothing that a stream holds does more than end it. */
class FrameTest {

    private static final KeyId KEY = KeyId.ofEncoded(new byte[] {1, 2, 3});

    static List<Frame> frames() {
        List<Frame> frames = new ArrayList<>(List.of(
                new Frame(0, new Message.Hello(1, 65535)),
                new Frame(0, new Message.Welcome(2, 4096, List.of())),
                new Frame(1, new Message.Sign(KEY, 0, 0x0804, new byte[] {5})),
                new Frame(-1, new Message.Sign(KEY, 9, 0xFFFF, new byte[8192])),
                new Frame(3, new Message.Decrypt(KEY, Integer.MAX_VALUE, new byte[256])),
                new Frame(4, new Message.Decrypt(KEY, 1, new byte[2048])),
                new Frame(5, new Message.Cancel()),
                new Frame(6, new Message.ListKeys()),
                new Frame(7, new Message.Ping()),
                new Frame(8, new Message.Result(new byte[2048])),
                new Frame(9, new Message.Keys(List.of())),
                new Frame(10, new Message.Keys(Collections.nCopies(256, new KeyOffer(KEY, true, false)))),
                new Frame(Long.MIN_VALUE, new Message.Pong())));
        for (Message.Failure failure : Message.Failure.values()) {
            frames.add(new Frame(11, new Message.Failed(failure)));
        }
        return frames;
    }

    private static byte[] bytes(Frame frame) {
        ByteBuffer to = ByteBuffer.allocate(Frame.MAX_BYTES);
        frame.encode(to);
        return Arrays.copyOf(to.array(), to.position());
    }

    private static byte[] streamOf(byte[] body) {
        return ByteBuffer.allocate(4 + body.length)
                .putInt(body.length)
                .put(body)
                .array();
    }

    private static void assertRefused(byte[] stream) {
        assertThatThrownBy(() -> new FrameDecoder().next(ByteBuffer.wrap(stream)))
                .as(HexFormat.of().formatHex(stream, 0, Math.min(stream.length, 80)))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void theBytesAreTheDocumentedOnes() {
        assertThat(KEY).hasToString("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");
        Message sign = new Message.Sign(KEY, 1000, 0x0403, new byte[] {(byte) 0xAA});
        assertThat(HexFormat.of().formatHex(bytes(new Frame(0x102, sign))))
                .isEqualTo("00000030" + "02" + "0000000000000102" + KEY + "000003e8" + "0403" + "aa");
        assertThat(HexFormat.of().formatHex(bytes(new Frame(7, new Message.Failed(Message.Failure.TIMED_OUT)))))
                .isEqualTo("0000000a" + "83" + "0000000000000007" + "04");
        assertThat(HexFormat.of().formatHex(bytes(new Frame(0, new Message.Hello(1, 2)))))
                .isEqualTo("0000000d" + "01" + "0000000000000000" + "0001" + "0002");
    }

    @ParameterizedTest
    @MethodSource("frames")
    void everyFrameIsReadBackHoweverTheStreamIsCut(Frame frame) throws ProtocolException {
        byte[] stream = bytes(frame);
        for (int piece : new int[] {1, 2, 3, 7, 1000, Frame.MAX_BYTES}) {
            FrameDecoder decoder = new FrameDecoder();
            Frame read = null;
            for (int at = 0; at < stream.length; at += piece) {
                assertThat(read).isNull();
                read = decoder.next(ByteBuffer.wrap(stream, at, Math.min(piece, stream.length - at)));
                assertThat(decoder.isInsideFrame()).isEqualTo(read == null);
            }
            assertThat(read).isNotNull();
            assertThat(read.id()).isEqualTo(frame.id());
            assertThat(bytes(read)).isEqualTo(stream);
        }
    }

    @Test
    void framesBehindEachOtherComeOutInTheirOrder() throws ProtocolException {
        ByteBuffer stream = ByteBuffer.allocate(frames().size() * Frame.MAX_BYTES);
        frames().forEach(frame -> frame.encode(stream));
        stream.flip();
        FrameDecoder decoder = new FrameDecoder();
        for (Frame frame : frames()) {
            assertThat(bytes(decoder.next(stream))).isEqualTo(bytes(frame));
        }
        assertThat(decoder.next(stream)).isNull();
    }

    @ParameterizedTest
    @MethodSource("frames")
    void everyBodyCutShortOrTooLongIsRefusedUnlessItIsAnotherFrame(Frame frame) throws ProtocolException {
        byte[] body = Arrays.copyOfRange(bytes(frame), 4, bytes(frame).length);
        for (int length = 0; length <= body.length + 40; length++) {
            byte[] stream = streamOf(Arrays.copyOf(body, length));
            Frame read;
            try {
                read = new FrameDecoder().next(ByteBuffer.wrap(stream));
            } catch (ProtocolException e) {
                assertThat(length).isNotEqualTo(body.length);
                continue;
            }
            // only what ends in bytes of free length may be longer or shorter
            if (length != body.length) {
                assertThat(read.message())
                        .isInstanceOfAny(Message.Sign.class, Message.Decrypt.class, Message.Result.class);
            }
            assertThat(bytes(read)).isEqualTo(stream);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, Frame.MAX_BYTES - 3, 1 << 24, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void aLengthOutOfBoundsIsRefusedByItselfAndForGood(int length) throws ProtocolException {
        FrameDecoder decoder = new FrameDecoder();
        byte[] field = ByteBuffer.allocate(4).putInt(length).array();
        assertThat(decoder.next(ByteBuffer.wrap(field, 0, 3))).isNull();
        assertThatThrownBy(() -> decoder.next(ByteBuffer.wrap(field, 3, 1))).isInstanceOf(ProtocolException.class);
        ByteBuffer good = ByteBuffer.wrap(bytes(new Frame(1, new Message.Ping())));
        assertThatThrownBy(() -> decoder.next(good)).isInstanceOf(ProtocolException.class);
        assertThat(good.position()).isZero();
    }

    @Test
    void unknownTypesFormsAndNumbersAreRefused() {
        for (int type = 0; type < 256; type++) {
            byte[] body = new byte[9];
            body[0] = (byte) type;
            if (!List.of(4, 5, 6, 133).contains(type)) { // those are whole
                assertRefused(streamOf(body));
            }
        }
        HexFormat hex = HexFormat.of();
        String zeroId = "0000000000000000";
        for (String body : List.of(
                "01" + zeroId + "00000001", // version 0
                "01" + zeroId + "00020001", // highest below lowest
                "01" + "0000000000000001" + "00010001", // an id in a hello
                "81" + "0000000000000001" + "00010001" + "0000",
                "81" + zeroId + "00000001" + "0000",
                "81" + zeroId + "00010000" + "0000",
                "81" + zeroId + "00010001", // a welcome of version 1, without keys
                "81" + zeroId + "00020001" + "0001" + KEY + "04", // an offer of what there is not
                "02" + zeroId + KEY + "80000000" + "0403" + "aa", // a deadline of 2^31
                "02" + zeroId + KEY + "00000000" + "0403", // an empty message
                "03" + zeroId + KEY + "00000000",
                "82" + zeroId, // an empty result
                "83" + zeroId + "00", // no failure
                "83" + zeroId + "07",
                "84" + zeroId + "0101", // 257 keys
                "84" + zeroId + "0001" + KEY + "01" + KEY)) {
            assertRefused(streamOf(hex.parseHex(body)));
        }
    }

    @Test
    void spoiltStreamsGiveFramesOrTheOneException() {
        Random random = new Random(11);
        List<Frame> frames = frames();
        int refused = 0;
        for (int round = 0; round < 60_000; round++) {
            byte[] stream = bytes(frames.get(random.nextInt(frames.size())));
            for (int n = random.nextInt(5); n >= 0; n--) {
                stream[random.nextInt(Math.min(stream.length, 64))] = (byte) random.nextInt(256);
            }
            FrameDecoder decoder = new FrameDecoder();
            ByteBuffer in = ByteBuffer.wrap(stream);
            try {
                int from = 0;
                for (Frame read = decoder.next(in); read != null; read = decoder.next(in)) {
                    assertThat(bytes(read)).isEqualTo(Arrays.copyOfRange(stream, from, in.position()));
                    from = in.position();
                }
                assertThat(in.hasRemaining()).isFalse();
            } catch (ProtocolException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1_000, 59_000);
    }

    @Test
    void randomBytesGiveFramesOrTheOneException() {
        Random random = new Random(13);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] body = new byte[9 + random.nextInt(90)];
            random.nextBytes(body);
            body[0] = (byte) (random.nextInt(8) | (random.nextBoolean() ? 0x80 : 0));
            try {
                assertThat(new FrameDecoder().next(ByteBuffer.wrap(streamOf(body))))
                        .isNotNull();
            } catch (ProtocolException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(5_000, 19_999);
    }

    @Test
    void whatIsOutOfRangeIsNotWritten() {
        byte[] one = {1};
        for (Frame frame : List.of(
                new Frame(1, new Message.Hello(1, 1)),
                new Frame(0, new Message.Hello(0, 1)),
                new Frame(0, new Message.Hello(2, 1)),
                new Frame(0, new Message.Welcome(2, 65536, List.of())),
                new Frame(1, new Message.Sign(KEY, -1, 0, one)),
                new Frame(1, new Message.Sign(KEY, 0, 65536, one)),
                new Frame(1, new Message.Sign(KEY, 0, 0, new byte[0])),
                new Frame(1, new Message.Sign(KEY, 0, 0, new byte[8193])),
                new Frame(1, new Message.Decrypt(KEY, 0, new byte[2049])),
                new Frame(1, new Message.Result(new byte[0])),
                new Frame(1, new Message.Keys(Collections.nCopies(257, new KeyOffer(KEY, true, true)))))) {
            ByteBuffer to = ByteBuffer.allocate(Frame.MAX_BYTES);
            assertThatThrownBy(() -> frame.encode(to)).isInstanceOf(IllegalArgumentException.class);
            assertThat(to.position()).isZero();
        }
        ByteBuffer small = ByteBuffer.allocate(12);
        assertThatThrownBy(() -> new Frame(1, new Message.Ping()).encode(small))
                .isInstanceOf(BufferOverflowException.class);
        assertThat(small.position()).isZero();
        assertThatThrownBy(() -> KeyId.ofBytes(one)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void noTextFormShowsWhatAMessageCarries() {
        byte[] secret = HexFormat.of().parseHex("c0ffee".repeat(16));
        for (Message message : List.of(
                new Message.Result(secret), new Message.Sign(KEY, 0, 0, secret), new Message.Decrypt(KEY, 0, secret))) {
            assertThat(new Frame(1, message).toString())
                    .doesNotContain("c0ffee")
                    .contains("48 bytes");
        }
    }
}
