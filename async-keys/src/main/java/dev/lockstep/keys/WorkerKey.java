package dev.lockstep.keys;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Set;

/** A blocking key whose two operations run on an executor, where its signatures are verified too. */
abstract sealed class WorkerKey implements ExternalPrivateKey permits ExecutorKey, DelayedKey {

    private final BlockingKey key;
    private final ExecutorAsk<SignRequest, byte[]> sign;
    private final ExecutorAsk<DecryptRequest, byte[]> decrypt;

    WorkerKey(BlockingKey key, ExecutorAsk<SignRequest, byte[]> sign, ExecutorAsk<DecryptRequest, byte[]> decrypt) {
        this.key = key;
        this.sign = sign;
        this.decrypt = decrypt;
    }

    @Override
    public final Set<SignatureScheme> signatureSchemes() {
        return key.signatureSchemes();
    }

    @Override
    public final boolean canDecrypt() {
        return key.canDecrypt();
    }

    @Override
    public final Start<byte[]> startSign(SignRequest request, Waker waker) {
        return VerifyingKey.declared(request, sign.start(request, waker));
    }

    @Override
    public final Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
        return decrypt.start(request, waker);
    }
}
