package dev.lockstep.keys;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.util.OptionalLong;
import java.util.Set;

/** Requests as a connection would make them, and what comes back, unwrapped. */
public final class Requests {

    private Requests() {}

    public static SignRequest sign() {
        return new SignRequest(
                SignatureScheme.ECDSA_SECP256R1_SHA256, new byte[100], Identity.EC.chain(), null, OptionalLong.empty());
    }

    public static DecryptRequest decrypt() {
        return new DecryptRequest(new byte[256], Identity.RSA.chain(), null, OptionalLong.empty());
    }

    public static PendingOperation<byte[]> inProgress(Start<byte[]> start) {
        return ((Start.InProgress<byte[]>) start).operation();
    }

    public static PendingOperation<byte[]> ready(Start<byte[]> start) {
        return ((Start.Ready<byte[]>) start).operation();
    }

    public static Throwable failure(Start<byte[]> start) {
        return ((Start.Failed<byte[]>) start).cause();
    }

    public static byte[] done(Progress<byte[]> progress) {
        return ((Progress.Done<byte[]>) progress).value();
    }

    public static Throwable failure(Progress<byte[]> progress) {
        return ((Progress.Failed<byte[]>) progress).cause();
    }

    /** A key that does {@code work} for every operation. */
    public static BlockingKey key(Work work) {
        return new BlockingKey() {
            @Override
            public Set<SignatureScheme> signatureSchemes() {
                return Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256);
            }

            @Override
            public boolean canDecrypt() {
                return true;
            }

            @Override
            public byte[] sign(SignRequest request) throws Exception {
                return work.run();
            }

            @Override
            public byte[] decrypt(DecryptRequest request) throws Exception {
                return work.run();
            }
        };
    }

    @FunctionalInterface
    public interface Work {
        byte[] run() throws Exception;
    }
}
