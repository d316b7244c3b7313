package dev.lockstep.tls.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.internal.wire.FatalAlert;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ContentType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The parts of the record layer together, on whole streams: how the bytes arrive must not matter, nor what they are. */
@Tag("one-jdk")
class RecordStreamTest {
    private static final int CLIENT_HELLO_BOUND = 3000;
    private static final int OTHER_BOUND = 1000;

    /** What a connection would make of a stream, as text, up to and including the alert that ends it. */
    private static final class Receiver {
        private final RecordReader reader = new RecordReader(new RecordLimits(32, 4));
        private final RecordLimits warnings = new RecordLimits(32, 4);
        private final HandshakeJoiner joiner =
                new HandshakeJoiner(HandshakeJoiner.bounds(CLIENT_HELLO_BOUND, OTHER_BOUND));
        private final AlertJoiner alerts = new AlertJoiner();
        private final Protection afterChange;
        private final List<String> events = new ArrayList<>();
        private int mostRetained;

        Receiver(RecordSuite suite) {
            this.afterChange = suite.opening();
        }

        /** Returns false once the stream has ended with an alert. */
        boolean receive(ByteBuffer in) {
            try {
                while (reader.isComplete(reader.header(in), in)) {
                    record(in);
                }
                return true;
            } catch (FatalAlert alert) {
                events.add("alert " + alert.description());
                return false;
            }
        }

        private void record(ByteBuffer in) {
            long header = reader.header(in);
            ContentType type = RecordHeader.type(header);
            int bound = reader.plaintextBound(header);
            ByteBuffer plaintext = reader.open(header, in);
            assertThat(plaintext.remaining()).isBetween(0, bound);
            switch (type) {
                case HANDSHAKE -> {
                    joiner.append(plaintext);
                    mostRetained = Math.max(mostRetained, joiner.retainedBytes());
                    while (joiner.hasMessage()) {
                        byte[] message = joiner.next();
                        events.add("message " + message[0] + " " + Arrays.hashCode(message));
                    }
                }
                case ALERT -> {
                    for (int alert = alerts.next(plaintext);
                            alert != AlertJoiner.NONE;
                            alert = alerts.next(plaintext)) {
                        events.add("received " + alert);
                        warnings.onWarningAlert();
                    }
                }
                case CHANGE_CIPHER_SPEC -> {
                    if (!joiner.isEmpty() || reader.protection() == afterChange) {
                        throw FatalAlert.unexpectedMessage("here");
                    }
                    events.add("change");
                    reader.changeProtection(afterChange, RecordHeader.MAX_PLAINTEXT);
                    reader.fixVersion();
                }
                case APPLICATION_DATA -> events.add("data " + plaintext.remaining() + " " + plaintext.hashCode());
            }
        }
    }

    private static byte[] stream(RecordSuite suite) {
        byte[] hello = RecordSuite.pattern(2000, 4);
        hello[0] = 1;
        hello[1] = 0;
        hello[2] = (byte) (1996 >> 8);
        hello[3] = (byte) 1996;
        byte[] exchange = {16, 0, 0, 3, 2, 9, 9};
        byte[] finished = new byte[16];
        finished[0] = 20;
        finished[3] = 12;
        ReferenceRecords records = new ReferenceRecords(suite);
        return ReferenceRecords.concat(
                ReferenceRecords.whole(22, 0x0301, Arrays.copyOf(hello, 3)),
                ReferenceRecords.whole(22, 0x0301, new byte[0]),
                ReferenceRecords.whole(21, 0x0303, new byte[] {1}),
                ReferenceRecords.whole(22, 0x0303, Arrays.copyOfRange(hello, 3, 900)),
                ReferenceRecords.whole(21, 0x0303, new byte[] {90, 1, 90}),
                ReferenceRecords.whole(
                        22, 0x0303, ReferenceRecords.concat(Arrays.copyOfRange(hello, 900, 2000), exchange)),
                ReferenceRecords.whole(20, 0x0303, new byte[] {1}),
                records.record(0, 22, finished),
                records.record(1, 23, RecordSuite.pattern(300, 1)),
                records.record(2, 23, new byte[0]),
                records.record(3, 23, RecordSuite.pattern(16384, 2)),
                records.record(4, 21, new byte[] {1, 0}));
    }

    private static Receiver deliver(RecordSuite suite, byte[] stream, Random chunks, int longestChunk) {
        Receiver receiver = new Receiver(suite);
        ByteBuffer in = ByteBuffer.allocate(RecordHeader.LENGTH + RecordHeader.MAX_CIPHERTEXT + longestChunk);
        for (int at = 0; at < stream.length; ) {
            int length = Math.min(stream.length - at, Math.min(in.remaining(), 1 + chunks.nextInt(longestChunk)));
            in.put(stream, at, length).flip();
            at += length;
            if (!receiver.receive(in)) {
                break;
            }
            in.compact();
        }
        return receiver;
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void theSameRecordsComeOutHoweverTheBytesArrive(RecordSuite suite) {
        byte[] stream = stream(suite);
        List<String> whole = deliver(suite, stream, new Random(0), stream.length).events;
        assertThat(whole).hasSize(10).noneMatch(event -> event.startsWith("alert"));
        for (int longestChunk : new int[] {1, 2, 7, 1000, 20000}) {
            assertThat(deliver(suite, stream, new Random(longestChunk), longestChunk).events)
                    .isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void aMutatedStreamEndsInTheSameAlertHoweverTheBytesArrive(RecordSuite suite) {
        byte[] stream = stream(suite);
        List<String> untouched = deliver(suite, stream, new Random(0), stream.length).events;
        Random random = new Random(7);
        int noticed = 0;
        for (int round = 0; round < 100; round++) {
            byte[] mutated = stream.clone();
            // the second half are bytes of headers and of the first messages, where most can be told apart
            int at = random.nextInt(round % 2 == 0 ? mutated.length : 1000);
            mutated[at] ^= (byte) (1 + random.nextInt(255));
            Receiver whole = deliver(suite, mutated, new Random(0), stream.length);
            List<String> chunked = deliver(suite, mutated, random, 1 + random.nextInt(3000)).events;
            assertThat(chunked).as("byte %d changed", at).isEqualTo(whole.events);
            noticed += chunked.equals(untouched) ? 0 : 1;
        }
        // all but a changed minor version in front of the first messages, which may be any
        assertThat(noticed).isBetween(90, 100);
    }

    @Test
    void randomRecordsYieldAlertsAndNothingElseInBoundedMemory() {
        RecordSuite suite = RecordSuite.of(CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA256, false);
        Random random = new Random(20250202);
        int alerts = 0;
        for (int round = 0; round < 20_000; round++) {
            Receiver receiver = new Receiver(suite);
            boolean open = true;
            for (int left = 1 + random.nextInt(12); open && left > 0; left--) {
                byte[] fragment = new byte[random.nextInt(1 + random.nextInt(200))];
                random.nextBytes(fragment);
                if (fragment.length > 4 && random.nextBoolean()) {
                    fragment[0] = 1;
                    fragment[1] = 0;
                    fragment[2] = (byte) random.nextInt(12);
                }
                int type = 20 + random.nextInt(random.nextInt(20) == 0 ? 6 : 4);
                if (type == 20 && random.nextInt(5) > 0) {
                    type = 22;
                }
                open = receiver.receive(ByteBuffer.wrap(ReferenceRecords.whole(type, 0x0303, fragment)));
            }
            assertThat(receiver.mostRetained).isLessThanOrEqualTo(2 * (CLIENT_HELLO_BOUND + 4 + 200));
            alerts += open ? 0 : 1;
        }
        // most end in an alert, and some do not
        assertThat(alerts).isBetween(10_000, 19_900);
    }
}
