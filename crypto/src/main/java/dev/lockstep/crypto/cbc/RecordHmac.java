package dev.lockstep.crypto.cbc;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.hash.HashAlgorithm;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * HMAC (RFC 2104) over a record header and one range of bytes whose length is public.
 *
 * <p>Built on the JDK's {@link MessageDigest} for its intrinsics, and not on Mac, because {@link HiddenLengthHmac} has
 * to see the single steps. Allocates nothing per record; for one thread at a time.
 */
class RecordHmac {
    /** seq_num (8), type (1), version (2), length (2): what RFC 5246 6.2.3.1 puts in front of the fragment. */
    static final int HEADER_LENGTH = 13;

    final HashAlgorithm hash;
    private final MessageDigest digest;
    private final byte[] innerPad;
    private final byte[] outerPad;
    private final byte[] innerHash;

    /**
     * Prepares a key.
     *
     * @param key copied; at most one block, as every MAC key of TLS is
     * @param digest does the work from now on; seen by tests
     */
    RecordHmac(HashAlgorithm hash, byte[] key, MessageDigest digest) {
        this.hash = hash;
        this.digest = digest;
        this.innerPad = pad(hash, key, 0x36);
        this.outerPad = pad(hash, key, 0x5c);
        this.innerHash = new byte[hash.length()];
    }

    private static byte[] pad(HashAlgorithm hash, byte[] key, int filler) {
        byte[] pad = Arrays.copyOf(key, hash.blockLength());
        for (int i = 0; i < pad.length; i++) {
            pad[i] ^= (byte) filler;
        }
        return pad;
    }

    /** Writes the MAC of the header and {@code data[off .. off + len]} to {@code out} at {@code outOff}. */
    final void mac(byte[] header, byte[] data, int off, int len, byte[] out, int outOff) {
        MessageDigest inner = start();
        inner.update(header, 0, HEADER_LENGTH);
        inner.update(data, off, len);
        finish(out, outOff);
    }

    /** Begins the inner hash; the caller feeds the message to what is returned, then calls {@link #finish}. */
    final MessageDigest start() {
        digest.update(innerPad);
        return digest;
    }

    /** Completes both hashes; the number of compressions is the same for every message but for the inner padding. */
    final void finish(byte[] out, int outOff) {
        finish(digest, innerHash, 0);
        digest.update(outerPad);
        digest.update(innerHash);
        finish(digest, out, outOff);
    }

    /** Completes a digest into an array without allocating, and resets it. */
    static void finish(MessageDigest digest, byte[] out, int outOff) {
        try {
            digest.digest(out, outOff, digest.getDigestLength());
        } catch (DigestException e) {
            throw new IllegalStateException("the buffer is too small for a digest", e);
        }
    }

    /** Wipes the key; not to be used afterwards. */
    void destroy() {
        Wipe.bytes(innerPad, outerPad, innerHash);
        digest.reset();
    }
}
