package dev.lockstep.tls.internal.secrets;

/**
 * The premaster secret of the key exchanges with a pre-shared key, RFC 4279 2.
 *
 * <pre>
 * struct {
 *     opaque other_secret&lt;0..2^16-1&gt;;
 *     opaque psk&lt;0..2^16-1&gt;;
 * };
 * </pre>
 */
public final class PskPremaster {

    private PskPremaster() {}

    /**
     * RFC 4279 2: "if the PSK is N octets long, concatenate a uint16 with the value N, N zero octets, a second uint16 with
     * the value N, and the PSK itself."
     *
     * @param psk stays the caller's
     */
    public static PremasterSecret plain(byte[] psk) {
        return new PremasterSecret(join(new byte[psk.length], psk));
    }

    /**
     * The same with a secret in the place of the zeros: what the Diffie-Hellman exchange yielded, or the 48 bytes that the
     * client encrypted (RFC 4279 3 and 4, RFC 5489 2).
     *
     * @param other is wiped
     * @param psk stays the caller's
     */
    public static PremasterSecret combined(PremasterSecret other, byte[] psk) {
        PremasterSecret joined = new PremasterSecret(join(other.bytes(), psk));
        other.wipe();
        return joined;
    }

    private static byte[] join(byte[] other, byte[] psk) {
        byte[] joined = new byte[4 + other.length + psk.length];
        putVector(joined, 0, other);
        putVector(joined, 2 + other.length, psk);
        return joined;
    }

    private static void putVector(byte[] out, int off, byte[] content) {
        out[off] = (byte) (content.length >>> 8);
        out[off + 1] = (byte) content.length;
        System.arraycopy(content, 0, out, off + 2, content.length);
    }
}
