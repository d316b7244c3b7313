package dev.lockstep.crypto.hash;

import dev.lockstep.crypto.Wipe;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The running hash of the handshake messages (RFC 5246 7.4.9), of which snapshots are taken for Finished,
 * extended_master_secret and CertificateVerify.
 *
 * <p>The hash function is known only with the cipher suite, so what comes before is buffered: in practice one
 * ClientHello, whose size the caller bounds, unless it is {@linkplain #condense condensed}. The messages themselves are
 * kept for longer only on demand: a client's CertificateVerify signs them under a hash of its own choosing, or under none.
 * For one thread at a time.
 */
public final class TranscriptHash {
    private static final byte[] EMPTY = {};

    private byte[] buffer = EMPTY;
    private int buffered;
    private @Nullable HashAlgorithm hash;
    private @Nullable MessageDigest digest;
    private boolean keeping;

    /** The digests that run in the place of the messages, by hash function; null while the messages are here. */
    private @Nullable Map<HashAlgorithm, MessageDigest> running;

    /** Creates an empty transcript whose hash function is yet to be chosen. */
    public TranscriptHash() {}

    /**
     * Appends bytes of handshake messages, headers included.
     *
     * @param b holds the bytes
     * @param off where they start
     * @param len how many, 0 or more
     * @throws IndexOutOfBoundsException if the range is not inside the array
     */
    public void update(byte[] b, int off, int len) {
        Objects.checkFromIndexSize(off, len, b.length);
        MessageDigest chosen = digest;
        if (chosen != null) {
            chosen.update(b, off, len);
        }
        if (running != null) {
            for (MessageDigest each : running.values()) {
                each.update(b, off, len);
            }
            return;
        }
        if (chosen != null && !keeping) {
            return;
        }
        int needed = Math.addExact(buffered, len);
        if (needed > buffer.length) {
            // The first message gets exactly its size, as it is the only one nearly always.
            byte[] larger = Arrays.copyOf(buffer, buffered == 0 ? needed : Math.max(needed, 2 * buffered));
            Wipe.range(buffer, 0, buffered);
            buffer = larger;
        }
        System.arraycopy(b, off, buffer, buffered, len);
        buffered = needed;
    }

    /**
     * Hashes the messages so far under each of these functions and forgets them: a long ClientHello then costs as much
     * memory as a short one. Only these functions can be chosen and asked for afterwards.
     *
     * @param candidates every hash function that may be needed
     * @throws IllegalStateException after {@link #choose}, and when it was called before
     */
    public void condense(Set<HashAlgorithm> candidates) {
        if (digest != null || running != null) {
            throw new IllegalStateException("too late: the messages are hashed already");
        }
        Map<HashAlgorithm, MessageDigest> digests = new EnumMap<>(HashAlgorithm.class);
        for (HashAlgorithm candidate : candidates) {
            MessageDigest each = candidate.newDigest();
            each.update(buffer, 0, buffered);
            digests.put(candidate, each);
        }
        running = digests;
        forget();
    }

    /**
     * Fixes the hash function and hashes what has been buffered.
     *
     * @param h the hash function of the PRF
     * @throws IllegalStateException if it has been chosen before
     */
    public void choose(HashAlgorithm h) {
        choose(h, false);
    }

    /**
     * Fixes the hash function and hashes what has been buffered.
     *
     * @param h the hash function of the PRF
     * @param keepMessages whether the messages stay, for {@link #messages}, until {@link #dropMessages}: as much memory as
     *     the messages are long, which is for the caller to bound; of a condensed transcript the other digests stay
     * @throws IllegalStateException if it has been chosen before, or is none of the functions of a condensed transcript
     */
    public void choose(HashAlgorithm h, boolean keepMessages) {
        if (digest != null) {
            throw new IllegalStateException("the transcript's hash function has been chosen before");
        }
        if (running != null) {
            MessageDigest chosen = running.remove(h);
            if (chosen == null) {
                throw new IllegalStateException(h + " is none of the functions that this transcript runs under");
            }
            digest = chosen;
            if (!keepMessages) {
                running = null;
            }
        } else {
            MessageDigest chosen = h.newDigest();
            chosen.update(buffer, 0, buffered);
            keeping = keepMessages;
            if (!keepMessages) {
                forget();
            }
            digest = chosen;
        }
        hash = h;
    }

    /**
     * Returns the hash of everything so far; the transcript continues.
     *
     * @return the digest, owned by the caller
     * @throws IllegalStateException before {@link #choose}
     */
    public byte[] snapshot() {
        return snapshot(chosen(digest));
    }

    /**
     * Returns the hash of everything so far under a function of its own, for CertificateVerify.
     *
     * @param h one of the functions that the transcript was condensed to, if it was
     * @return the digest, owned by the caller
     * @throws IllegalStateException unless the messages, or the digests in their place, were to be kept
     */
    public byte[] snapshot(HashAlgorithm h) {
        if (h == hash) {
            return snapshot();
        }
        if (running != null) {
            return snapshot(chosen(running.get(h)));
        }
        requireMessages();
        MessageDigest own = h.newDigest();
        own.update(buffer, 0, buffered);
        return own.digest();
    }

    private static byte[] snapshot(MessageDigest of) {
        try {
            return ((MessageDigest) of.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("this Java runtime's digests cannot be cloned", e);
        }
    }

    /**
     * Returns the messages so far, as they were given to {@link #update}.
     *
     * @return a copy, owned by the caller
     * @throws IllegalStateException unless the messages were to be kept, and after {@link #dropMessages}
     */
    public byte[] messages() {
        requireMessages();
        return Arrays.copyOf(buffer, buffered);
    }

    private void requireMessages() {
        if (!keeping) {
            throw new IllegalStateException("the messages of this transcript are not kept");
        }
    }

    /** Tells whether the messages can be asked for; those of a condensed transcript cannot. */
    public boolean keepsMessages() {
        return keeping;
    }

    /** Tells how many bytes of messages are held. */
    public int heldBytes() {
        return buffer.length;
    }

    /** Clears the messages and keeps no further ones; the hash continues. Does nothing when they are not kept. */
    public void dropMessages() {
        if (keeping) {
            keeping = false;
            forget();
        }
        if (digest != null) {
            running = null;
        }
    }

    /**
     * Returns the hash function chosen.
     *
     * @return the hash function
     * @throws IllegalStateException before {@link #choose}
     */
    public HashAlgorithm hash() {
        return chosen(hash);
    }

    /** Back to an empty transcript without a hash function, as for a renegotiation. */
    public void clear() {
        keeping = false;
        running = null;
        forget();
        MessageDigest old = digest;
        if (old != null) {
            old.reset();
        }
        hash = null;
        digest = null;
    }

    private void forget() {
        Wipe.range(buffer, 0, buffered);
        buffer = EMPTY;
        buffered = 0;
    }

    private static <T> T chosen(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("the transcript's hash function has not been chosen");
        }
        return value;
    }
}
