package dev.lockstep.crypto.cbc;

/**
 * A block cipher in CBC mode for one direction that is initialised once and chains on over all that passes through: what
 * {@link CbcHmac} is built on.
 */
public abstract class CbcMode {
    public static final int BLOCK = 16;

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
