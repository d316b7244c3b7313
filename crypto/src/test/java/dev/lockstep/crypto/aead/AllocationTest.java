package dev.lockstep.crypto.aead;

import static dev.lockstep.crypto.SymmetricVectors.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.crypto.cbc.CbcCipher;
import dev.lockstep.crypto.cbc.CbcHmac;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.provider.BcBlockCiphers;
import java.lang.management.ManagementFactory;
import java.security.spec.AlgorithmParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.GCMModeCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes allocated per record, counted by the virtual machine, beside the bare cipher's. */
class AllocationTest {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int RECORDS = 1000;
    private static final int LENGTH = 2048;
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
        assertThat(bytesPerRecord(nonce -> sink[0] = new byte[1000])).isGreaterThanOrEqualTo(1000);
    }

    /** A cipher without anything of ours around it: what a record costs at the least. */
    private interface BareCipher {
        void run(boolean sealing, byte[] nonce, byte[] aad, byte[] in, int len, byte[] out) throws Exception;
    }

    private static BareCipher bare(AeadAlgorithm a, byte[] key) throws Exception {
        switch (a) {
            case AES_128_GCM, AES_256_GCM, CHACHA20_POLY1305 -> {
                boolean gcm = a != AeadAlgorithm.CHACHA20_POLY1305;
                Cipher cipher = Cipher.getInstance(gcm ? "AES/GCM/NoPadding" : "ChaCha20-Poly1305");
                SecretKey secretKey = new SecretKeySpec(key, gcm ? "AES" : "ChaCha20");
                return (sealing, nonce, aad, in, len, out) -> {
                    AlgorithmParameterSpec spec = gcm ? new GCMParameterSpec(128, nonce) : new IvParameterSpec(nonce);
                    cipher.init(sealing ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE, secretKey, spec);
                    cipher.updateAAD(aad, 0, aad.length);
                    cipher.doFinal(in, 0, len, out, 0);
                };
            }
            case AES_128_CCM, AES_256_CCM, AES_128_CCM_8, AES_256_CCM_8 -> {
                // the counter mode under it; its CBC-MAC is initialised once and allocates nothing
                Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
                SecretKey secretKey = new SecretKeySpec(key, "AES");
                byte[] counter = new byte[16];
                return (sealing, nonce, aad, in, len, out) -> {
                    System.arraycopy(nonce, 0, counter, 1, 12);
                    cipher.init(Cipher.ENCRYPT_MODE, secretKey, new IvParameterSpec(counter));
                    cipher.update(in, 0, len, out, 0);
                };
            }
            default -> {
                boolean camellia = a.name().startsWith("CAMELLIA");
                GCMModeCipher cipher =
                        GCMBlockCipher.newInstance(camellia ? BcBlockCiphers.camellia() : BcBlockCiphers.aria());
                cipher.init(true, new AEADParameters(new KeyParameter(key), 128, new byte[1]));
                return (sealing, nonce, aad, in, len, out) -> {
                    cipher.init(sealing, new AEADParameters(null, 128, nonce, aad));
                    int done = cipher.processBytes(in, 0, len, out, 0);
                    cipher.doFinal(out, done);
                };
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAeadAllocatesNothingBeyondTheBareCipher(AeadAlgorithm a) throws Exception {
        byte[] key = bytes(1, a.keyLength());
        byte[] aad = new byte[13];
        byte[] in = new byte[LENGTH];
        byte[] out = new byte[LENGTH + 16];
        byte[] nonce12 = new byte[12];
        int sealedLength = LENGTH + a.tagLength();

        BareCipher bareSealing = bare(a, key);
        long floor = bytesPerRecord(nonce -> {
            System.arraycopy(nonce, 0, nonce12, 0, 12);
            bareSealing.run(true, nonce12, aad, in, LENGTH, out);
        });
        Aead sealing = Aead.sealing(a, key, 0);
        long sealed = bytesPerRecord(nonce -> {
            System.arraycopy(nonce, 0, nonce12, 0, 12);
            sealing.seal(nonce12, aad, 13, in, 0, LENGTH, out, 0);
        });
        assertThat(sealed).as("sealing, floor %d", floor).isLessThanOrEqualTo(floor + SLACK);

        // Two records in turn: the JDK's ChaCha20 does not open the same one twice running.
        byte[][] nonces = {bytes(2, 12), bytes(3, 12)};
        byte[][] records = new byte[2][sealedLength];
        for (int i = 0; i < 2; i++) {
            Aead.sealing(a, key, 0).seal(nonces[i], aad, 13, in, 0, LENGTH, records[i], 0);
        }
        BareCipher bareOpening = bare(a, key);
        long openFloor = bytesPerRecord(
                turn -> bareOpening.run(false, nonces[turn[0] & 1], aad, records[turn[0] & 1], sealedLength, out));
        Aead opening = Aead.opening(a, key, 0);
        int[] failures = new int[1];
        long opened = bytesPerRecord(turn -> failures[0] +=
                opening.open(nonces[turn[0] & 1], aad, 13, records[turn[0] & 1], 0, sealedLength, out, 0) == LENGTH
                        ? 0
                        : 1);
        assertThat(failures[0]).isZero();
        assertThat(opened).as("opening, floor %d", openFloor).isLessThanOrEqualTo(openFloor + SLACK);
    }

    @ParameterizedTest
    @EnumSource
    void cbcAllocatesNothingEitherWay(CbcHmac.Order order) throws Exception {
        byte[] key = bytes(1, 16);
        byte[] macKey = bytes(2, 32);
        CbcHmac sealing = CbcHmac.sealing(order, CbcCipher.AES_128, HashAlgorithm.SHA256, key, macKey);
        CbcHmac opening = CbcHmac.opening(order, CbcCipher.AES_128, HashAlgorithm.SHA256, key, macKey);
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
