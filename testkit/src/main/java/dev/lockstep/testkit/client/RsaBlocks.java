package dev.lockstep.testkit.client;

import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** RSAES-PKCS1-v1_5 blocks (RFC 8017 section 7.2.1), right and wrong. */
public final class RsaBlocks {

    private RsaBlocks() {}

    /** 00 02 PS 00 message, with non-zero PS up to the modulus length. */
    public static byte[] padded(byte[] message, int modulusLength, SecureRandom random) {
        byte[] block = new byte[modulusLength];
        random.nextBytes(block);
        block[0] = 0;
        block[1] = 2;
        int zero = modulusLength - message.length - 1;
        for (int i = 2; i < zero; i++) {
            while (block[i] == 0) {
                block[i] = (byte) random.nextInt();
            }
        }
        block[zero] = 0;
        System.arraycopy(message, 0, block, zero + 1, message.length);
        return block;
    }

    /** The message of a block if its padding is right, else null. Not constant time: this is a test. */
    public static byte @Nullable [] unpadded(byte[] block) {
        if (block[0] != 0 || block[1] != 2) {
            return null;
        }
        for (int i = 2; i < block.length; i++) {
            if (block[i] == 0) {
                return i < 10 ? null : Arrays.copyOfRange(block, i + 1, block.length);
            }
        }
        return null;
    }
}
