package dev.lockstep.crypto.hash;

import dev.lockstep.crypto.provider.Providers;
import dev.lockstep.crypto.provider.RawKey;
import java.security.InvalidKeyException;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;

/**
 * HMAC (RFC 2104) with a key that is set once and serves any number of messages, for one thread at a time.
 *
 * <p>Taken from the JDK, whose SHA intrinsics are 7 to 8 times faster than bcprov.
 */
public final class Hmac {
    private final Mac mac;
    private final int length;
    private boolean destroyed;

    private Hmac(Mac mac, int length) {
        this.mac = mac;
        this.length = length;
    }

    /**
     * Prepares a key.
     *
     * @param h the hash function
     * @param key the key, of any length, which is copied
     * @return an object that has seen no input
     */
    public static Hmac of(HashAlgorithm h, byte[] key) {
        Hmac hmac = new Hmac(Providers.mac(jdkName(h)), h.length());
        hmac.init(key);
        return hmac;
    }

    private static String jdkName(HashAlgorithm h) {
        return switch (h) {
            case SHA1 -> "HmacSHA1";
            case SHA224 -> "HmacSHA224";
            case SHA256 -> "HmacSHA256";
            case SHA384 -> "HmacSHA384";
            case SHA512 -> "HmacSHA512";
        };
    }

    private void init(byte[] key) {
        RawKey rawKey = new RawKey("HMAC", key, 0, key.length);
        try {
            mac.init(rawKey);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("HMAC refuses its key", e);
        } finally {
            rawKey.destroy();
        }
    }

    /**
     * Output size.
     *
     * @return bytes, the hash's
     */
    public int length() {
        return length;
    }

    /**
     * Adds input.
     *
     * @param b holds the input
     * @param off where it starts
     * @param len its length, 0 or more
     * @throws IllegalArgumentException if the range is not inside the array
     * @throws IllegalStateException after {@link #destroy}
     */
    public void update(byte[] b, int off, int len) {
        requireLive();
        mac.update(b, off, len);
    }

    /**
     * Completes the message; the next input begins another one.
     *
     * @return the MAC of {@link #length()} bytes, owned by the caller
     * @throws IllegalStateException after {@link #destroy}
     */
    public byte[] doFinal() {
        requireLive();
        return mac.doFinal();
    }

    /**
     * Completes the message into an array; the next input begins another one.
     *
     * @param out receives {@link #length()} bytes
     * @param off where they go
     * @throws IndexOutOfBoundsException if they do not fit
     * @throws IllegalStateException after {@link #destroy}
     */
    public void doFinal(byte[] out, int off) {
        requireLive();
        Objects.checkFromIndexSize(off, length, out.length);
        try {
            mac.doFinal(out, off);
        } catch (ShortBufferException e) {
            throw new IllegalStateException("HMAC writes more than its length", e);
        }
    }

    /** Overwrites the key inside; a second call does nothing. */
    public void destroy() {
        if (!destroyed) {
            destroyed = true;
            // The JDK's Mac keeps the padded key in two arrays that only another key overwrites.
            init(new byte[length]);
        }
    }

    private void requireLive() {
        if (destroyed) {
            throw new IllegalStateException("the key has been destroyed");
        }
    }
}
