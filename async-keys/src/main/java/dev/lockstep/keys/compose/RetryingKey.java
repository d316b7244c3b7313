package dev.lockstep.keys.compose;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Repeats a signature that failed because the signer was out of reach ({@link Reason#KEY_UNAVAILABLE},
 * {@link Reason#TIMED_OUT}, or an exception of the key's own, an I/O error for instance): at once, and a bounded number
 * of times. A signer that said no is not asked again.
 *
 * <p>A signature may be made twice without harm. Decryptions are never repeated: a failure may depend on the padding
 * of what the peer sent, and a second operation would tell it.
 */
public final class RetryingKey implements ExternalPrivateKey {

    private static final int MOST = 10;

    private final ExternalPrivateKey key;
    private final int attempts;

    private RetryingKey(ExternalPrivateKey key, int attempts) {
        this.key = Objects.requireNonNull(key, "key");
        this.attempts = attempts;
    }

    /**
     * Repeats failed signatures of {@code key}.
     *
     * @param attempts how often one signature is started in all, the first time included; 2 to 10
     */
    public static RetryingKey of(ExternalPrivateKey key, int attempts) {
        if (attempts < 2 || attempts > MOST) {
            throw new IllegalArgumentException("attempts: " + attempts + " is out of range; give 2 to " + MOST);
        }
        return new RetryingKey(key, attempts);
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
        Attempt attempt = w -> key.startSign(request, w);
        return Relay.run(Attempt.begin(attempt, waker), new Repeats(attempt, waker, attempts - 1));
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        return key.startDecrypt(request, waker);
    }

    /** The attempts that are left of one signature. */
    private static final class Repeats implements Relay.Successor {

        private final Attempt attempt;
        private final Waker waker;
        private int left;

        Repeats(Attempt attempt, Waker waker, int left) {
            this.attempt = attempt;
            this.waker = waker;
            this.left = left;
        }

        @Override
        public @Nullable Start<byte[]> after(Throwable failure) {
            if (left == 0 || !Outages.isOutage(failure)) {
                return null;
            }
            left--;
            return Attempt.begin(attempt, waker);
        }
    }
}
