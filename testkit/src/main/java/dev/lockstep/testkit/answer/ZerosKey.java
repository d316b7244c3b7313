package dev.lockstep.testkit.answer;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.crypto.Cipher;

/**
 * A key for runs of many thousands of handshakes between sides that do not look at signatures: it signs with zeros, and decrypts for
 * real. When it answers is for others to decide.
 */
public final class ZerosKey implements ExternalPrivateKey {

    private static final int RSA_SIGNATURE = 256;
    private static final int ECDSA_SIGNATURE = 70;

    private final TestIdentity identity;
    private final Answers answers;

    /** Decides when an answer is given. */
    @FunctionalInterface
    public interface Answers {
        /** Starts an operation whose result is {@code answer}'s. */
        Start<byte[]> start(SuspensionKind kind, Callable<byte[]> answer, Waker waker) throws Exception;
    }

    /** @param identity of RSA-2048 or P-256 */
    public ZerosKey(TestIdentity identity, Answers answers) {
        this.identity = identity;
        this.answers = answers;
    }

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return Set.of(identity.isRsa() ? SignatureScheme.RSA_PSS_RSAE_SHA256 : SignatureScheme.ECDSA_SECP256R1_SHA256);
    }

    @Override
    public boolean canDecrypt() {
        return identity.isRsa();
    }

    @Override
    public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
        return answers.start(
                SuspensionKind.SIGN, () -> new byte[identity.isRsa() ? RSA_SIGNATURE : ECDSA_SIGNATURE], waker);
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        return answers.start(
                SuspensionKind.DECRYPT,
                () -> {
                    Cipher cipher = Cipher.getInstance("RSA/ECB/NoPadding");
                    cipher.init(Cipher.DECRYPT_MODE, identity.privateKey());
                    return cipher.doFinal(request.ciphertext());
                },
                waker);
    }
}
