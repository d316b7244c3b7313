package dev.lockstep.tls.key;

import dev.lockstep.crypto.signature.SignatureVerifier;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.PublicKey;

/** Verifies signatures with one public key. Thread-safe. */
@FunctionalInterface
public interface SignatureCheck {

    /**
     * Tells whether a signature is this key's; never throws.
     *
     * @param scheme how it is said to be made
     * @param message what it is said to cover, not its digest
     */
    boolean verifies(SignatureScheme scheme, byte[] message, byte[] signature);

    /**
     * Returns the check with a key, which is decoded once and kept ready.
     *
     * @throws IllegalArgumentException if it is neither an RSA, EC, Ed25519 nor Ed448 key that TLS 1.2 can use
     */
    static SignatureCheck of(PublicKey key) {
        SignatureVerifier verifier = SignatureVerifier.of(key);
        return (scheme, message, signature) -> verifier.verify(Algorithms.signature(scheme), message, signature);
    }
}
