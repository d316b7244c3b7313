package dev.lockstep.keys.compose;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Asks;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Objects;
import java.util.Set;

/**
 * The base of decorators: a key that forwards its capabilities to another key, and its operations to the same key or to
 * questions that decorate them.
 *
 * <p>Neither operation throws or returns null: what the other key throws is a failed start, so that a subclass has four
 * outcomes to handle and no fifth.
 */
public abstract class ForwardingKey implements ExternalPrivateKey {

    private final ExternalPrivateKey key;
    private final Asks<SignRequest, byte[]> sign;
    private final Asks<DecryptRequest, byte[]> decrypt;

    /** Forwards everything to {@code key}; a subclass overrides what it changes. */
    protected ForwardingKey(ExternalPrivateKey key) {
        this(key, key::startSign, key::startDecrypt);
    }

    /**
     * Forwards the capabilities to {@code key} and the operations elsewhere.
     *
     * @param sign starts signatures; {@code key::startSign} leaves them as they are
     * @param decrypt starts decryptions; {@code key::startDecrypt} leaves them as they are
     */
    protected ForwardingKey(
            ExternalPrivateKey key, Asks<SignRequest, byte[]> sign, Asks<DecryptRequest, byte[]> decrypt) {
        this.key = Objects.requireNonNull(key, "key");
        this.sign = Objects.requireNonNull(sign, "sign");
        this.decrypt = Objects.requireNonNull(decrypt, "decrypt");
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
    public Start<byte[]> startSign(SignRequest request, Waker waker) {
        return GuardedCalls.start(sign, request, waker);
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
        return GuardedCalls.start(decrypt, request, waker);
    }
}
