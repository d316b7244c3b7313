package dev.lockstep.crypto.signature;

import dev.lockstep.crypto.group.Group;
import java.security.GeneralSecurityException;
import java.security.Provider;
import org.jspecify.annotations.Nullable;

/** A decoded private key of one kind, ready to sign on any thread. */
sealed interface SigningKey permits RsaSigningKey, EcdsaSigningKey, EdwardsSigningKey {
    SignatureAlgorithm.Key type();

    boolean supports(SignatureAlgorithm algorithm);

    /** Only called with an algorithm that is supported. */
    byte[] sign(SignatureAlgorithm algorithm, byte[] message) throws GeneralSecurityException;

    /** Bytes; 0 unless RSA. */
    default int modulusLength() {
        return 0;
    }

    default @Nullable Group ecGroup() {
        return null;
    }

    /** Returns the provider that was added and signs; null if Java does. */
    default @Nullable Provider provider() {
        return null;
    }

    /** Wipes what can be wiped. */
    void destroy();
}
