package dev.lockstep.crypto.hash;

import dev.lockstep.crypto.Wipe;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * HMAC (RFC 2104) with a key that is set once and serves any number of messages, for one thread at a time.
 *
 * <p>Built on the JDK's {@link MessageDigest}, whose SHA intrinsics are 7 to 8 times faster than bcprov, and not on its Mac,
 * which is looked up among the providers each time and leaves copies of what it computed to the garbage collector.
 */
public final class Hmac {
    private static final byte INNER = 0x36;
    private static final byte OUTER = 0x5c;

    private final MessageDigest digest;
    private final int length;
    private final byte[] innerPad;
    private final byte[] outerPad;
    private final byte[] innerHash;
    private boolean begun;
    private boolean destroyed;

    private Hmac(HashAlgorithm h, byte[] key) {
        this.digest = h.newDigest();
        this.length = h.length();
        this.innerPad = new byte[h.blockLength()];
        this.outerPad = new byte[h.blockLength()];
        this.innerHash = new byte[length];
        init(key);
    }

    /**
     * Prepares a key.
     *
     * @param h the hash function
     * @param key the key, of any length, which is copied
     * @return an object that has seen no input
     */
    public static Hmac of(HashAlgorithm h, byte[] key) {
        return new Hmac(h, key);
    }

    /**
     * Replaces the key, and begins a message.
     *
     * @param key the key, of any length, which is copied
     * @throws IllegalStateException after {@link #destroy}
     */
    public void rekey(byte[] key) {
        requireLive();
        digest.reset();
        begun = false;
        init(key);
    }

    private void init(byte[] key) {
        if (key.length > innerPad.length) {
            byte[] hashed = digest.digest(key);
            init(hashed);
            Wipe.bytes(hashed);
            return;
        }
        for (int i = 0; i < innerPad.length; i++) {
            byte each = i < key.length ? key[i] : 0;
            innerPad[i] = (byte) (each ^ INNER);
            outerPad[i] = (byte) (each ^ OUTER);
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
        if ((off | len | (b.length - len - off)) < 0) {
            throw new IllegalArgumentException("range " + off + "+" + len + " of " + b.length);
        }
        begin();
        digest.update(b, off, len);
    }

    /**
     * Completes the message; the next input begins another one.
     *
     * @return the MAC of {@link #length()} bytes, owned by the caller
     * @throws IllegalStateException after {@link #destroy}
     */
    public byte[] doFinal() {
        byte[] out = new byte[length];
        doFinal(out, 0);
        return out;
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
        begin();
        begun = false;
        try {
            digest.digest(innerHash, 0, length);
            digest.update(outerPad);
            digest.update(innerHash);
            digest.digest(out, off, length);
        } catch (DigestException e) {
            throw new IllegalStateException("a digest writes more than its length", e);
        }
    }

    /** Overwrites the key inside; a second call does nothing. */
    public void destroy() {
        if (!destroyed) {
            destroyed = true;
            Wipe.bytes(innerPad, outerPad, innerHash);
            digest.reset();
        }
    }

    private void begin() {
        if (!begun) {
            begun = true;
            digest.update(innerPad);
        }
    }

    private void requireLive() {
        if (destroyed) {
            throw new IllegalStateException("the key has been destroyed");
        }
    }
}
