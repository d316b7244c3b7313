package dev.lockstep.crypto;

import static dev.lockstep.crypto.SymmetricVectors.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes allocated per record, counted by the virtual machine, beside the bare cipher's. */
class AllocationTest {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int RECORDS = 2000;
    private static final int LENGTH = 4096;
    /** What a loaded machine's measuring itself may cost per record: far below one object of the size of a record. */
    private static final long SLACK = 256;

    private interface Record {
        void run(byte[] nonce) throws Exception;
    }

    private static long bytesPerRecord(Record record) throws Exception {
        long best = Long.MAX_VALUE;
        byte[] nonce = new byte[16];
        for (int round = 0; round < 5; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < RECORDS; i++) {
                nonce[0] = (byte) i;
                nonce[1] = (byte) (i >> 8);
                nonce[2] = (byte) round;
                record.run(nonce);
            }
            best = Math.min(best, (THREADS.getCurrentThreadAllocatedBytes() - before) / RECORDS);
        }
        return best;
    }

    @Test
    void theMeasureSeesAnAllocation() throws Exception {
        byte[][] sink = new byte[1][];
        assertThat(bytesPerRecord(nonce -> sink[0] = new byte[4000])).isGreaterThanOrEqualTo(4000);
    }

    @ParameterizedTest
    @EnumSource(names = {"AES_128_GCM", "AES_256_GCM", "CHACHA20_POLY1305"})
    void anAeadAllocatesNothingBeyondTheBareCipher(AeadAlgorithm a) throws Exception {
        boolean gcm = a != AeadAlgorithm.CHACHA20_POLY1305;
        byte[] key = bytes(1, a.keyLength());
        byte[] aad = new byte[13];
        byte[] in = new byte[LENGTH];
        byte[] out = new byte[LENGTH + 16];
        byte[] nonce12 = new byte[12];

        Cipher bare = Cipher.getInstance(gcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305");
        SecretKey bareKey = new SecretKeySpec(key, gcm ? "AES" : "ChaCha20");
        long floor = bytesPerRecord(nonce -> {
            System.arraycopy(nonce, 0, nonce12, 0, 12);
            AlgorithmParameterSpec spec = gcm ? new GCMParameterSpec(128, nonce12) : new IvParameterSpec(nonce12);
            bare.init(Cipher.ENCRYPT_MODE, bareKey, spec);
            bare.updateAAD(aad, 0, 13);
            bare.doFinal(in, 0, LENGTH, out, 0);
        });

        Aead sealing = Aead.sealing(a, key, 0);
        long sealed = bytesPerRecord(nonce -> {
            System.arraycopy(nonce, 0, nonce12, 0, 12);
            sealing.seal(nonce12, aad, 13, in, 0, LENGTH, out, 0);
        });
        assertThat(sealed).as("floor %d", floor).isLessThanOrEqualTo(floor + SLACK);
    }

    @ParameterizedTest
    @EnumSource
    void cbcAllocatesNothingEitherWay(CbcHmac.Order order) throws Exception {
        byte[] key = bytes(1, 16);
        byte[] macKey = bytes(2, 32);
        CbcHmac sealing = CbcHmac.sealing(order, 16, HashAlgorithm.SHA256, key, macKey);
        CbcHmac opening = CbcHmac.opening(order, 16, HashAlgorithm.SHA256, key, macKey);
        byte[] header = new byte[13];
        byte[] plain = new byte[LENGTH];
        byte[] wire = new byte[sealing.sealedLength(LENGTH)];
        byte[] back = new byte[wire.length];
        assertThat(bytesPerRecord(iv -> sealing.seal(header, iv, plain, 0, LENGTH, wire, 0)))
                .isLessThan(SLACK);
        assertThat(bytesPerRecord(iv -> opening.open(header, wire, 0, wire.length, back, 0)))
                .isLessThan(SLACK);
        assertThat(opening.open(header, wire, 0, wire.length, back, 0)).isEqualTo(LENGTH);
    }
}
