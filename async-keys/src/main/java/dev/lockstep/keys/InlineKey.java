package dev.lockstep.keys;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Objects;
import java.util.Set;

/**
 * The synchronous form: start computes, and the result is fetched in the same step. The connection walks through the
 * same states as with a key elsewhere, without stopping in them. For keys that answer in microseconds; a key that may
 * block belongs behind {@link ExecutorKey}.
 */
public final class InlineKey implements ExternalPrivateKey {

    private final BlockingKey key;

    private InlineKey(BlockingKey key) {
        this.key = Objects.requireNonNull(key, "key");
    }

    /** Puts {@code key} into the thread that drives the connection. */
    public static InlineKey of(BlockingKey key) {
        return new InlineKey(key);
    }

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return key.signatureSchemes();
    }

    @Override
    public boolean canDecrypt() {
        return key.canDecrypt();
    }

    @Override
    public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
        Start<byte[]> made = Start.done(key.sign(request));
        return key.verifiesSignatures() ? VerifyingKey.declared(request, made) : made;
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        return Start.done(key.decrypt(request));
    }
}
