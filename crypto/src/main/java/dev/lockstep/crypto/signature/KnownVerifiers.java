package dev.lockstep.crypto.signature;

import dev.lockstep.crypto.source.PrimitiveSources;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of peers that come back, decoded and ready to verify: the decoding and the multiples that a
 * {@link SignatureVerifier} keeps cost as much as a signature takes to verify. Bounded, those that were asked for last staying
 * longest. Thread-safe.
 *
 * <p>A verifier is found by the whole encoding of its key and no other way, so that it makes no difference to any verdict
 * whether it was here. It makes one to the time: who presents the certificate of another client can learn whether that client was
 * here lately. Who may put keys in is the caller's to decide.
 */
public final class KnownVerifiers {
    private final PrimitiveSources sources;
    private final Map<ByteBuffer, SignatureVerifier> byKey;

    /**
     * Creates an empty collection.
     *
     * @param capacity the most keys that are kept, 1 or more; each takes about 10 KB on P-256, 30 KB on P-521
     * @param sources what computes
     */
    public KnownVerifiers(int capacity, PrimitiveSources sources) {
        this.sources = sources;
        this.byKey = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<ByteBuffer, SignatureVerifier> eldest) {
                return size() > capacity;
            }
        };
    }

    /**
     * Returns the verifier of a key, which is prepared afresh unless it was {@linkplain #keep kept}.
     *
     * @throws IllegalArgumentException as {@link SignatureVerifier#of(PublicKey, PrimitiveSources)}
     */
    public SignatureVerifier of(PublicKey key) {
        byte[] encoded = key.getEncoded();
        SignatureVerifier known = encoded == null ? null : find(ByteBuffer.wrap(encoded));
        return known != null ? known : SignatureVerifier.of(key, sources);
    }

    private synchronized @Nullable SignatureVerifier find(ByteBuffer encoded) {
        return byKey.get(encoded);
    }

    /**
     * Keeps a verifier.
     *
     * @param verifier what {@link #of} returned for this key
     */
    public void keep(PublicKey key, SignatureVerifier verifier) {
        byte[] encoded = key.getEncoded();
        if (encoded != null) {
            put(ByteBuffer.wrap(encoded), verifier);
        }
    }

    private synchronized void put(ByteBuffer encoded, SignatureVerifier verifier) {
        byKey.put(encoded, verifier);
    }
}
