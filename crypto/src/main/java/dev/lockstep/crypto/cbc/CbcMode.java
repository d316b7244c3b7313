package dev.lockstep.crypto.cbc;

/**
 * A block cipher in CBC mode for one direction. It is initialised once and chains over everything that passes through:
 * {@link CbcHmac} encrypts with it, and CCM authenticates with it.
 */
public abstract class CbcMode {
    /** The length of a block in bytes, of every cipher here. */
    public static final int BLOCK = 16;

    /**
     * AES in the encrypting direction, starting with an IV of zeros.
     *
     * @param key 16 or 32 bytes; copied
     */
    public static CbcMode encryptingAes(byte[] key) {
        return new JdkCbc(true, key);
    }

    /** Starts with an IV of zeros; the key is copied. */
    static CbcMode of(CbcCipher cipher, boolean encrypting, byte[] key) {
        return switch (cipher) {
            case AES_128, AES_256 -> new JdkCbc(encrypting, key);
            case CAMELLIA_128, CAMELLIA_256, ARIA_128, ARIA_256 -> new BcCbc(cipher, encrypting, key);
        };
    }

    /** Turns {@code len} bytes, a multiple of the block and possibly none, into as many. */
    public abstract void run(byte[] in, int inOff, int len, byte[] out, int outOff);
}
