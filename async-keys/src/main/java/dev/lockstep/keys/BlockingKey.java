package dev.lockstep.keys;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.Set;

/**
 * A private key whose operations answer before the call returns: a key in memory, a token behind a blocking driver.
 *
 * <p>It becomes a key for handshakes through a bridge that decides where the work is done: {@link InlineKey} on the
 * thread that drives the connection, {@link ExecutorKey} on a bounded pool, {@link DelayedKey} some time later.
 * Implementations are called from several threads at the same time.
 */
public interface BlockingKey {

    /** Returns the schemes this key signs with; empty when it does not sign. Must not change over time. */
    Set<SignatureScheme> signatureSchemes();

    /** Returns whether this key decrypts RSA premaster secrets. Must not change over time. */
    boolean canDecrypt();

    /**
     * Tells whether {@link #sign} returns only ECDSA and EdDSA signatures that it has verified ({@link SignRequest#verifies}),
     * or that need no verification for a reason of the key's own. Bridges pass that on to the connection. Otherwise those
     * that sign on threads of their own verify there, and with the others the connection does. Signatures with RSA are
     * verified by the connection in any case. Must not change over time.
     */
    default boolean verifiesSignatures() {
        return false;
    }

    /**
     * Signs {@code request.message()} with {@code request.scheme()}.
     *
     * @return the bare signature; the array passes to the caller
     * @throws Exception when the key cannot be reached, refuses, or is interrupted
     */
    byte[] sign(SignRequest request) throws Exception;

    /**
     * Decrypts a premaster secret.
     *
     * @return the raw block as long as the modulus (preferred), or the unpadded 48 bytes; the array passes to the
     *     caller, who wipes it
     * @throws Exception when the key cannot be reached, refuses, or is interrupted
     */
    byte[] decrypt(DecryptRequest request) throws Exception;
}
