package dev.lockstep.crypto.rsa;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.crypto.Wipe;

/**
 * From a decrypted block to a premaster secret (RFC 5246 7.4.7.1), so that a good block cannot be told from a bad one by the
 * time it takes, the memory it touches or the way it returns (Bleichenbacher 1998, Klima et al. 2003, ROBOT, Marvin).
 *
 * <p>Masks only: every byte of the block is read in the same order and combined by the same operations, whatever it holds.
 * The lengths are public. Stateless, safe for any thread.
 */
public final class RsaPremaster {
    /** Bytes of a premaster secret: the version and 46 random ones. */
    public static final int LENGTH = 48;

    /** 00 02, at least eight bytes of padding (RFC 8017 7.2.1), 00. */
    private static final int LEAST_PADDING = 2 + 8 + 1;

    private RsaPremaster() {}

    /**
     * Unpads {@code 00 02 PS 00 premaster}, where PS is at least 8 bytes, none of them zero.
     *
     * <p>RFC 5246 7.4.7.1: "In any case, a TLS server MUST NOT generate an alert if processing an RSA-encrypted premaster
     * secret message fails, or the version number is not as expected. Instead, it MUST continue the handshake with a
     * randomly generated premaster secret."
     *
     * @param block what the private key made of the ciphertext, of any length; not changed, the caller wipes it
     * @param clientVersion ClientHello.client_version as {@code major << 8 | minor}, not the negotiated version
     * @param randomPremaster 48 bytes, drawn before the decryption; not changed
     * @return 48 bytes, owned and to be wiped by the caller: the premaster secret if the block is right in every respect, its
     *     version included, else a copy of the random one
     * @throws IllegalArgumentException if {@code randomPremaster} has another length
     */
    public static byte[] unpad(byte[] block, int clientVersion, byte[] randomPremaster) {
        requireLength(randomPremaster);
        if (block.length < LEAST_PADDING + LENGTH) {
            // A modulus below 59 bytes: the length is public, and no such block can be right.
            return randomPremaster.clone();
        }
        int start = block.length - LENGTH;
        int separator = start - 1;
        int defects = block[0] | (block[1] ^ 2);
        for (int i = 2; i < separator; i++) {
            // Any zero here is a separator too early: PS too short, or something longer than 48 bytes behind it.
            defects |= ConstantTime.maskZero(block[i]);
        }
        defects |= block[separator];
        return choose(defects, block, start, clientVersion, randomPremaster);
    }

    /**
     * Judges what a key has decrypted and unpadded itself.
     *
     * @param candidate what he returned, of any length; not changed, the caller wipes it. Neither its contents nor its length
     *     change what is done, but for the bytes that are copied
     * @param clientVersion ClientHello.client_version as {@code major << 8 | minor}, not the negotiated version
     * @param randomPremaster 48 bytes, drawn before the decryption; not changed
     * @return 48 bytes, owned and to be wiped by the caller: the candidate if its length and its version are right, else a copy
     *     of the random one
     * @throws IllegalArgumentException if {@code randomPremaster} has another length
     */
    public static byte[] check(byte[] candidate, int clientVersion, byte[] randomPremaster) {
        requireLength(randomPremaster);
        byte[] copy = new byte[LENGTH];
        System.arraycopy(candidate, 0, copy, 0, Math.min(candidate.length, LENGTH));
        byte[] chosen = choose(candidate.length ^ LENGTH, copy, 0, clientVersion, randomPremaster);
        Wipe.bytes(copy);
        return chosen;
    }

    private static byte[] choose(int defects, byte[] b, int start, int clientVersion, byte[] randomPremaster) {
        int all = defects | (((b[start] & 0xff) << 8 | (b[start + 1] & 0xff)) ^ clientVersion);
        int good = ConstantTime.maskZero(all);
        byte[] out = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            out[i] = (byte) ConstantTime.select(good, b[start + i], randomPremaster[i]);
        }
        return out;
    }

    private static void requireLength(byte[] randomPremaster) {
        if (randomPremaster.length != LENGTH) {
            throw new IllegalArgumentException("the random premaster secret must have 48 bytes");
        }
    }
}
