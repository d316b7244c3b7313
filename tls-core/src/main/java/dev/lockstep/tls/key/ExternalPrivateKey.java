package dev.lockstep.tls.key;

import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Set;

/**
 * A private key that may be outside the process: in an HSM, a smartcard, another process, another machine.
 *
 * <p>One object serves any number of connections at the same time and keeps no state of any of them: that belongs into
 * the returned {@link PendingOperation}. A connection calls {@code start} once for each operation, on the thread that
 * drives it; {@code start} must not block, and an exception or {@code null} counts as {@link Start#failed}. Lockstep
 * queries a key's capabilities before it selects a cipher suite, so it never negotiates one that the key cannot serve.
 */
public interface ExternalPrivateKey {

    /** Returns the schemes this key signs with; empty (the default) when it does not sign. Must not change over time. */
    default Set<SignatureScheme> signatureSchemes() {
        return Set.of();
    }

    /** Returns whether this key decrypts RSA ClientKeyExchange messages. Must not change over time. */
    default boolean canDecrypt() {
        return false;
    }

    /**
     * Starts the signature of a ServerKeyExchange message (RFC 5246 section 7.4.3). The result is the bare signature:
     * for RSA exactly as long as the modulus, for ECDSA the DER form of RFC 4492, for EdDSA the RFC 8032 octets.
     *
     * <p>The connection verifies the signature before it sends it. A key that has verified it, elsewhere or on another
     * thread ({@link SignRequest#verifies}), answers with {@link dev.lockstep.tls.wait.Progress#verified}; {@link
     * SignatureVerification} determines whether the connection relies on that.
     *
     * @param request what to sign and how
     * @param waker announces the result of an operation that is in progress
     * @throws Exception counts as {@link Start#failed}
     */
    default Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
        return Start.failed(new OperationException(Reason.UNSUPPORTED, "this key does not sign"));
    }

    /**
     * Starts the RSA decryption of an encrypted premaster secret (RFC 5246 section 7.4.7.1). The result is either the
     * raw block as long as the modulus ({@code RSA/ECB/NoPadding}, preferred: the library removes the padding in
     * constant time) or the unpadded 48 bytes. Every failure is masked: the handshake continues with a random
     * premaster secret and fails at Finished.
     *
     * <p>With the unpadded form, the library does the same work for an answer as for a failure, but it cannot hide
     * what the key does. If a key takes longer, allocates more or throws an exception with a stack trace when the
     * padding is wrong, the timing distinguishes good padding from bad, and an attacker who can measure it can decrypt
     * and forge (Bleichenbacher). Such a key should unpad as RFC 5246 section 7.4.7.1 describes, and answer with 48
     * random bytes if the padding is wrong.
     *
     * @param request what to decrypt
     * @param waker announces the result of an operation that is in progress
     * @throws Exception counts as {@link Start#failed}
     */
    default Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        return Start.failed(new OperationException(Reason.UNSUPPORTED, "this key does not decrypt"));
    }
}
