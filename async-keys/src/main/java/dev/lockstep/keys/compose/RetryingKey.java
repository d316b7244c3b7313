package dev.lockstep.keys.compose;

import dev.lockstep.tls.key.ExternalPrivateKey;

/**
 * Repeats a signature that failed because the signer was out of reach: {@link RetryingAsk} for a key's signatures. A
 * refusal stands.
 *
 * <p>A signature may be made twice without harm. Decryptions are never repeated: a failure may depend on the padding
 * of what the peer sent, and a second operation would tell it.
 */
public final class RetryingKey extends ForwardingKey {

    private RetryingKey(ExternalPrivateKey key, int attempts) {
        super(key, RetryingAsk.of(key::startSign, attempts), key::startDecrypt);
    }

    /**
     * Repeats failed signatures of {@code key}.
     *
     * @param attempts how often one signature is started in all, the first time included; 2 to 10
     * @throws IllegalArgumentException when the number is out of that range
     */
    public static RetryingKey of(ExternalPrivateKey key, int attempts) {
        return new RetryingKey(key, attempts);
    }
}
