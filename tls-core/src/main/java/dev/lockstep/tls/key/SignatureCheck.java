package dev.lockstep.tls.key;

import dev.lockstep.crypto.signature.SignatureVerifier;
import dev.lockstep.tls.internal.algorithm.Algorithms;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.PublicKey;

/** A verifier of signatures by one public key. Thread-safe. */
@FunctionalInterface
public interface SignatureCheck {

    /**
     * Returns whether a signature is valid under this key; never throws.
     *
     * @param scheme the scheme of the signature
     * @param message the signed message, not its digest
     */
    boolean verifies(SignatureScheme scheme, byte[] message, byte[] signature);

    /**
     * Returns a verifier that decodes a key once and keeps it ready.
     *
     * @throws IllegalArgumentException if it is neither an RSA, EC, Ed25519 nor Ed448 key that TLS 1.2 can use
     */
    static SignatureCheck of(PublicKey key) {
        SignatureVerifier verifier = SignatureVerifier.of(key);
        return (scheme, message, signature) -> verifier.verify(Algorithms.signature(scheme), message, signature);
    }
}
