package dev.lockstep.testkit.answer;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;

/** A key that only decrypts, and gives a prepared ciphertext to the key behind it instead of the client's. */
public final class ExchangedCiphertext implements ExternalPrivateKey {

    private final ExternalPrivateKey key;
    private final byte[] ciphertext;

    /** Stands in front of {@code key}. */
    public ExchangedCiphertext(ExternalPrivateKey key, byte[] ciphertext) {
        this.key = key;
        this.ciphertext = ciphertext.clone();
    }

    @Override
    public boolean canDecrypt() {
        return key.canDecrypt();
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        return key.startDecrypt(
                new DecryptRequest(
                        ciphertext.clone(),
                        request.chain(),
                        request.serverName(),
                        request.deadlineNanos(),
                        request.clientAddress()),
                waker);
    }
}
