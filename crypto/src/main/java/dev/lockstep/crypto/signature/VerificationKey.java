package dev.lockstep.crypto.signature;

import dev.lockstep.crypto.group.Group;
import java.security.Provider;
import org.jspecify.annotations.Nullable;

/** A decoded public key of one kind, ready to verify on any thread. */
sealed interface VerificationKey permits RsaVerificationKey, EcdsaVerificationKey, EdwardsVerificationKey {
    SignatureAlgorithm.Key type();

    boolean supports(SignatureAlgorithm algorithm);

    /** Only called with an algorithm that is supported; throws nothing, whatever the signature holds. */
    boolean verify(SignatureAlgorithm algorithm, byte[] message, byte[] signature);

    /** Returns the same for a message of which the digest is known; only with an algorithm that hashes first. */
    boolean verifyDigest(SignatureAlgorithm algorithm, byte[] digest, byte[] signature);

    /** Bytes; 0 unless RSA. */
    default int modulusLength() {
        return 0;
    }

    default @Nullable Group ecGroup() {
        return null;
    }

    /** Returns the provider that was added and verifies; null if Java does. */
    default @Nullable Provider provider() {
        return null;
    }
}
