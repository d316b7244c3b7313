package dev.lockstep.crypto.signature;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.crypto.Unsigned;
import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.hash.Hmac;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * The per-signature secret k of ECDSA, by RFC 6979 with additional randomness (3.6).
 *
 * <p>Derived from the private key and the digest, so that a broken random generator cannot give two digests one k; and from
 * fresh random bytes, so that signing one digest twice, a glitch in between, does not give k away either. Without the
 * extra bytes it is the deterministic scheme of 3.2, which the RFC's own vectors check.
 *
 * <p>For one signature, one thread.
 */
final class EcdsaNonce {
    private final Hmac hmac;
    private final int hashLength;
    private final byte[] additional;

    private BigInteger order = BigInteger.ZERO;
    private byte[] key = {};
    private byte[] value = {};
    private boolean delivered;

    /** Takes possession of the additional bytes, which may be none. */
    EcdsaNonce(HashAlgorithm hash, byte[] additional) {
        this.hmac = Hmac.of(hash, key);
        this.hashLength = hash.length();
        this.additional = additional;
    }

    /** Begins a signature; {@link #nextK} follows. */
    void init(BigInteger n, BigInteger d, byte[] digest) {
        order = n;
        delivered = false;
        int length = (n.bitLength() + 7) / 8;
        byte[] x = Unsigned.bytes(d, length);
        byte[] h = Unsigned.bytes(leftmostBits(digest, n).mod(n), length);
        // RFC 6979 3.2 b. to g.; 3.6 appends k' to the input of d. and f.
        value = new byte[hashLength];
        Arrays.fill(value, (byte) 1);
        key = new byte[hashLength];
        hmac.rekey(key);
        update((byte) 0, x, h, additional);
        update((byte) 1, x, h, additional);
        Wipe.bytes(x, additional);
    }

    /**
     * Returns the next candidate for k. A number never has a shape that depends on its leading zeros here: k is bytes, and
     * those that are out of range are found by arithmetic on all of them.
     *
     * @return 1 to n - 1, big-endian, in as many bytes as n has; to be wiped by the caller
     */
    byte[] nextK() {
        if (delivered) {
            // RFC 6979 3.2 h.3, when the k before was out of range or gave an r or s of zero.
            update((byte) 0);
        }
        delivered = true;
        int length = (order.bitLength() + 7) / 8;
        byte[] n = Unsigned.bytes(order, length);
        byte[] t = new byte[length];
        while (true) {
            for (int filled = 0; filled < length; filled += value.length) {
                nextValue();
                System.arraycopy(value, 0, t, filled, Math.min(value.length, length - filled));
            }
            shiftRight(t, 8 * length - order.bitLength());
            if (isScalar(t, n)) {
                return t;
            }
            update((byte) 0);
        }
    }

    /** bits2int of RFC 6979 2.3.2 for a number that has the bytes of n. */
    private static void shiftRight(byte[] number, int bits) {
        for (int i = number.length - 1; i >= 0; i--) {
            int above = i == 0 ? 0 : number[i - 1] & 0xff;
            number[i] = (byte) (((above << 8) | (number[i] & 0xff)) >>> bits);
        }
    }

    /** Whether {@code 0 < t < n}. That a candidate was rejected may be seen; it is not used. */
    private static boolean isScalar(byte[] t, byte[] n) {
        int borrow = 0;
        int any = 0;
        for (int i = t.length - 1; i >= 0; i--) {
            borrow = ((t[i] & 0xff) - (n[i] & 0xff) + borrow) >> 31;
            any |= t[i];
        }
        return (borrow & ~ConstantTime.maskZero(any)) != 0;
    }

    void destroy() {
        hmac.destroy();
        Wipe.bytes(key, value, additional);
    }

    /** K = HMAC_K(V || tag || parts), V = HMAC_K(V). */
    private void update(byte tag, byte[]... parts) {
        hmac.update(value, 0, value.length);
        hmac.update(new byte[] {tag}, 0, 1);
        for (byte[] part : parts) {
            hmac.update(part, 0, part.length);
        }
        hmac.doFinal(key, 0);
        hmac.rekey(key);
        nextValue();
    }

    private void nextValue() {
        hmac.update(value, 0, value.length);
        hmac.doFinal(value, 0);
    }

    /** bits2int of RFC 6979 2.3.2, for digests. */
    static BigInteger leftmostBits(byte[] bits, BigInteger n) {
        int excess = 8 * bits.length - n.bitLength();
        BigInteger all = new BigInteger(1, bits);
        return excess > 0 ? all.shiftRight(excess) : all;
    }
}
