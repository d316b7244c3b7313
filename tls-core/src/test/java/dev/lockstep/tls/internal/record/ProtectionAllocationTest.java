package dev.lockstep.tls.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.lockstep.crypto.aead.Aead;
import dev.lockstep.crypto.aead.AeadAlgorithm;
import dev.lockstep.crypto.cbc.CbcCipher;
import dev.lockstep.crypto.cbc.CbcHmac;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.tls.spec.BulkCipher;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.ContentType;
import dev.lockstep.tls.spec.MacAlgorithm;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A record costs the garbage collector what the bare cipher costs it and nothing more. Both loops run interleaved in one
 * test; the smallest of several rounds counts, so that what the compiler or the test frame allocates on the side does not,
 * and rounds go on until both have settled.
 */
class ProtectionAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int RECORDS = 100;
    private static final int ROUNDS = 60;

    /** Less than the smallest object there is, so one allocation per record of any size would show. */
    private static final long ALLOWED_PER_RECORD = 8;

    private static long allocated(Runnable work) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        work.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.tls.internal.record.RecordSuite#all")
    void aRecordAllocatesNoMoreThanTheBareCipher(RecordSuite suite) {
        for (BufferKind kind : new BufferKind[] {BufferKind.HEAP, BufferKind.DIRECT}) {
            for (int size : new int[] {100, 16384}) {
                compare(suite, kind, size);
            }
        }
    }

    private static void compare(RecordSuite suite, BufferKind kind, int size) {
        SecureRandom ivs = new RecordSuite.CountingRandom();
        Protection sealing = suite.sealing(ivs);
        Protection opening = suite.opening();
        BareCipher bare = suite.suite().isAead() ? new BareAead(suite) : new BareCbc(suite, ivs);
        ByteBuffer plaintext = kind.holding(RecordSuite.pattern(size, 2));
        int plaintextStart = plaintext.position();
        int recordLength = RecordHeader.LENGTH + sealing.sealedLength(size);
        ByteBuffer record = kind.allocate(recordLength);
        ByteBuffer opened = kind.allocate(size + 300);
        byte[] in = RecordSuite.pattern(size, 2);
        byte[] sealed = new byte[recordLength];
        byte[] out = new byte[recordLength];

        Least seal = new Least();
        Least open = new Least();
        Least bareSeal = new Least();
        Least bareOpen = new Least();
        long sequence = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long[] sums = new long[4];
            for (int i = 0; i < RECORDS; i++) {
                sums[0] += allocated(() -> {
                    record.clear();
                    sealing.seal(ContentType.APPLICATION_DATA, plaintext.position(plaintextStart), size, record);
                });
                sums[1] += allocated(() -> {
                    opened.clear();
                    opening.open(23, 0x0303, record.flip().position(5), recordLength - 5, opened);
                });
                long number = sequence++;
                sums[2] += allocated(() -> bare.seal(number, in, sealed));
                sums[3] += allocated(() -> bare.open(number, sealed, recordLength - 5, out));
            }
            seal.take(sums[0]);
            open.take(sums[1]);
            bareSeal.take(sums[2]);
            bareOpen.take(sums[3]);
            if (round > 1 && !seal.exceeds(bareSeal) && !open.exceeds(bareOpen)) {
                break;
            }
        }
        System.out.printf(
                "%-26s %-6s %5d bytes: seal %5d B (bare %5d), open %5d B (bare %5d)%n",
                suite, kind, size, seal.perRecord, bareSeal.perRecord, open.perRecord, bareOpen.perRecord);
        assertThat(opened.flip()).isEqualTo(plaintext.position(plaintextStart));
        assertThat(seal.exceeds(bareSeal))
                .as("%s seal %s %d: %d over %d", suite, kind, size, seal.perRecord, bareSeal.perRecord)
                .isFalse();
        assertThat(open.exceeds(bareOpen))
                .as("%s open %s %d: %d over %d", suite, kind, size, open.perRecord, bareOpen.perRecord)
                .isFalse();
    }

    /** The smallest number of bytes per record that any round has shown. */
    private static final class Least {
        private long perRecord = Long.MAX_VALUE;

        void take(long sum) {
            perRecord = Math.min(perRecord, sum / RECORDS);
        }

        boolean exceeds(Least bare) {
            return perRecord >= bare.perRecord + ALLOWED_PER_RECORD;
        }
    }

    /** The JDK would collect the ciphertext twice over if it began anywhere else than at the start of its array. */
    @Test
    void aChaChaRecordInAHeapBufferIsOpenedWithoutCopiesOfTheCiphers() {
        RecordSuite suite = RecordSuite.all()
                .filter(each -> each.cipher() == BulkCipher.CHACHA20_POLY1305)
                .findFirst()
                .orElseThrow();
        Protection sealing = suite.sealing(new RecordSuite.CountingRandom());
        Protection opening = suite.opening();
        ByteBuffer record = ByteBuffer.allocate(17_000);
        ByteBuffer opened = ByteBuffer.allocate(17_000);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            sealing.seal(ContentType.APPLICATION_DATA, ByteBuffer.allocate(16_384), 16_384, record.clear());
            record.flip().position(5);
            least = Math.min(
                    least, allocated(() -> opening.open(23, 0x0303, record, record.remaining(), opened.clear())));
        }
        assertThat(opened.position()).isEqualTo(16_384);
        assertThat(least).isLessThan(8192);
    }

    @Test
    void framingWithoutProtectionAllocatesNothing() {
        ByteBuffer plaintext = ByteBuffer.allocate(1000);
        ByteBuffer record = ByteBuffer.allocate(1005);
        ByteBuffer opened = ByteBuffer.allocate(1000);
        RecordReader reader = new RecordReader(new RecordLimits(32, 4));
        RecordWriter writer = new RecordWriter();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            least = Math.min(least, allocated(() -> {
                for (int i = 0; i < RECORDS; i++) {
                    writer.write(ContentType.APPLICATION_DATA, plaintext.clear(), record.clear());
                    record.flip();
                    if (!reader.isComplete(reader.header(record), record)
                            || RecordHeader.type(reader.header(record)) != ContentType.APPLICATION_DATA) {
                        throw new AssertionError();
                    }
                    reader.open(reader.header(record), record, opened.clear());
                }
            }));
        }
        assertThat(least / RECORDS).isLessThan(ALLOWED_PER_RECORD);
    }

    @Test
    void theMeasureSeesTheSmallestObject() {
        Object[] sink = new Object[1];
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            least = Math.min(least, allocated(() -> sink[0] = new Object()));
        }
        assertThat(least).isGreaterThanOrEqualTo(ALLOWED_PER_RECORD);
    }

    private interface BareCipher {
        void seal(long sequence, byte[] in, byte[] out);

        void open(long sequence, byte[] in, int length, byte[] out);
    }

    private static final class BareAead implements BareCipher {
        private final Aead sealing;
        private final Aead opening;
        private final int explicitLength;
        private final byte[] nonce = new byte[12];
        private final byte[] additionalData = new byte[13];

        BareAead(RecordSuite suite) {
            AeadAlgorithm algorithm = AeadAlgorithm.valueOf(suite.cipher().name());
            sealing = Aead.sealing(algorithm, suite.key(), 0);
            opening = Aead.opening(algorithm, suite.key(), 0);
            explicitLength = suite.cipher().recordIvLength();
        }

        @Override
        public void seal(long sequence, byte[] in, byte[] out) {
            Protection.putLong(nonce, 4, sequence);
            sealing.seal(nonce, additionalData, 13, in, 0, in.length, out, 5 + explicitLength);
        }

        @Override
        public void open(long sequence, byte[] in, int length, byte[] out) {
            Protection.putLong(nonce, 4, sequence);
            int opened =
                    opening.open(nonce, additionalData, 13, in, 5 + explicitLength, length - explicitLength, out, 0);
            if (opened < 0) {
                throw new AssertionError();
            }
        }
    }

    private static final class BareCbc implements BareCipher {
        private final CbcHmac sealing;
        private final CbcHmac opening;
        private final SecureRandom ivs;
        private final byte[] iv = new byte[16];
        private final byte[] header = new byte[13];

        BareCbc(RecordSuite suite, SecureRandom ivs) {
            CbcHmac.Order order =
                    suite.encryptThenMac() ? CbcHmac.Order.ENCRYPT_THEN_MAC : CbcHmac.Order.MAC_THEN_ENCRYPT;
            HashAlgorithm mac = suite.mac() == MacAlgorithm.HMAC_SHA1
                    ? HashAlgorithm.SHA1
                    : suite.mac() == MacAlgorithm.HMAC_SHA256 ? HashAlgorithm.SHA256 : HashAlgorithm.SHA384;
            CbcCipher cipher = CbcCipher.valueOf(suite.cipher().name().replace("_CBC", ""));
            sealing = CbcHmac.sealing(order, cipher, mac, suite.key(), suite.macKey());
            opening = CbcHmac.opening(order, cipher, mac, suite.key(), suite.macKey());
            this.ivs = ivs;
        }

        @Override
        public void seal(long sequence, byte[] in, byte[] out) {
            Protection.putPseudoHeader(header, sequence, 23, 0x0303, in.length);
            ivs.nextBytes(iv);
            sealing.seal(header, iv, in, 0, in.length, out, 5);
        }

        @Override
        public void open(long sequence, byte[] in, int length, byte[] out) {
            Protection.putPseudoHeader(header, sequence, 23, 0x0303, 0);
            if (opening.open(header, in, 5, length, out, 0) < 0) {
                throw new AssertionError();
            }
        }
    }

    @Test
    void everySuiteOfTheTableIsMeasured() {
        assertThat(RecordSuite.all().map(RecordSuite::cipher).distinct())
                .hasSize((int) java.util.Arrays.stream(CipherSuite.values())
                        .map(CipherSuite::bulkCipher)
                        .distinct()
                        .count());
    }
}
