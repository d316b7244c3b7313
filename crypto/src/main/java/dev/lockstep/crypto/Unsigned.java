package dev.lockstep.crypto;

import java.math.BigInteger;

/** Integers as the RFCs encode them: big-endian, without a sign, of a fixed length. */
public final class Unsigned {

    private Unsigned() {}

    /**
     * Encodes a number that may be secret; the intermediate copy is wiped.
     *
     * @param value not negative; bytes beyond {@code length} are cut off at the front
     * @param length of the result in bytes
     */
    public static byte[] bytes(BigInteger value, int length) {
        byte[] signed = value.toByteArray();
        byte[] out = new byte[length];
        int significant = Math.min(signed.length, length);
        System.arraycopy(signed, signed.length - significant, out, length - significant, significant);
        Wipe.bytes(signed);
        return out;
    }
}
