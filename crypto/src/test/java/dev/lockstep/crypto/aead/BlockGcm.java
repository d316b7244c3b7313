package dev.lockstep.crypto.aead;

import dev.lockstep.crypto.SymmetricVectors;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.params.KeyParameter;

/** Galois/Counter Mode of any block cipher, straight from SP 800-38D with a nonce of 12 bytes: slow and plain. */
final class BlockGcm {
    private BlockGcm() {}

    static byte[] seal(BlockCipher cipher, byte[] key, byte[] nonce, byte[] aad, byte[] plain) {
        cipher.init(true, new KeyParameter(key));
        byte[] counter = Arrays.copyOf(nonce, 16);
        byte[] out = new byte[plain.length + 16];
        for (int i = 0; i < plain.length; i++) {
            if (i % 16 == 0) {
                ByteBuffer.wrap(counter).putInt(12, i / 16 + 2);
            }
            out[i] = (byte) (plain[i] ^ encrypt(cipher, counter)[i % 16]);
        }
        byte[] lengths = ByteBuffer.allocate(16)
                .putLong(8L * aad.length)
                .putLong(8L * plain.length)
                .array();
        byte[] hash = ghash(
                encrypt(cipher, new byte[16]),
                SymmetricVectors.concat(padded(aad), padded(Arrays.copyOf(out, plain.length)), lengths));
        ByteBuffer.wrap(counter).putInt(12, 1);
        byte[] mask = encrypt(cipher, counter);
        for (int i = 0; i < 16; i++) {
            out[plain.length + i] = (byte) (hash[i] ^ mask[i]);
        }
        return out;
    }

    private static byte[] encrypt(BlockCipher cipher, byte[] block) {
        byte[] out = new byte[16];
        cipher.processBlock(block, 0, out, 0);
        return out;
    }

    private static byte[] ghash(byte[] h, byte[] blocks) {
        long high = 0;
        long low = 0;
        ByteBuffer in = ByteBuffer.wrap(blocks);
        ByteBuffer hash = ByteBuffer.wrap(h);
        while (in.hasRemaining()) {
            high ^= in.getLong();
            low ^= in.getLong();
            long vHigh = hash.getLong(0);
            long vLow = hash.getLong(8);
            long zHigh = 0;
            long zLow = 0;
            for (int i = 0; i < 128; i++) {
                long bit = i < 64 ? high >>> 63 - i & 1 : low >>> 127 - i & 1;
                zHigh ^= -bit & vHigh;
                zLow ^= -bit & vLow;
                long carry = vLow & 1;
                vLow = vLow >>> 1 | vHigh << 63;
                vHigh = vHigh >>> 1 ^ -carry & 0xe100000000000000L;
            }
            high = zHigh;
            low = zLow;
        }
        return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    private static byte[] padded(byte[] b) {
        return Arrays.copyOf(b, (b.length + 15) / 16 * 16);
    }
}
