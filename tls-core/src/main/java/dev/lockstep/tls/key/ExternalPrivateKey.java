package dev.lockstep.tls.key;

import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Set;

/**
 * A private key that may live outside the process: in an HSM, a smartcard, another process, another machine.
 *
 * <p>One object serves any number of connections at once and keeps no state of any of them: that is what the returned
 * {@link PendingOperation} is for. {@code start} is called on the thread that drives the connection, exactly once per
 * operation, and must not block; an exception or {@code null} counts as {@link Start#failed}. Capabilities are asked
 * before a cipher suite is chosen, so what a key cannot do is never negotiated.
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
     * <p>The connection verifies it before it is sent. A key that has verified it, elsewhere or on a thread of its own
     * ({@link SignRequest#verifies}), answers with {@link dev.lockstep.tls.wait.Progress#verified}; what the connection makes
     * of that is a matter of {@link SignatureVerification}.
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
     * constant time) or the unpadded 48 bytes. Whatever goes wrong is masked: the handshake continues with a random
     * premaster secret and fails at Finished.
     *
     * <p>With the unpadded form, the library does the same work for an answer as for a failure. What the key itself does is
     * its own affair: one that takes longer, allocates more or throws an exception with a stack trace where the padding is
     * wrong shows good from bad padding to everyone who can measure it, and that decrypts and forges (Bleichenbacher). Such a
     * key should unpad as RFC 5246 section 7.4.7.1 says, with 48 random bytes as its answer in the bad case.
     *
     * @param request what to decrypt
     * @param waker announces the result of an operation that is in progress
     * @throws Exception counts as {@link Start#failed}
     */
    default Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        return Start.failed(new OperationException(Reason.UNSUPPORTED, "this key does not decrypt"));
    }
}
