package dev.lockstep.keys;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A key whose client library answers with a {@link CompletionStage}: a cloud key service, an asynchronous RPC stub.
 *
 * <pre>{@code
 * FutureKey key = FutureKey.builder()
 *         .signer(Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256),
 *                 request -> kms.sign(r -> r.keyId(id).messageType(DIGEST).signingAlgorithm(ECDSA_SHA_256)
 *                         .message(SdkBytes.fromByteArray(request.digest()))),
 *                 response -> response.signature().asByteArray())
 *         .build();
 * }</pre>
 *
 * Cancelling an operation cancels the stage that the library answered with, not a copy of it, so that a client that
 * aborts its request on cancellation does so.
 */
public final class FutureKey implements ExternalPrivateKey {

    private final Set<SignatureScheme> schemes;
    private final @Nullable FutureAsk<SignRequest, byte[]> signer;
    private final @Nullable FutureAsk<DecryptRequest, byte[]> decryptor;

    private FutureKey(Builder builder) {
        this.schemes = Set.copyOf(builder.schemes);
        this.signer = builder.signer;
        this.decryptor = builder.decryptor;
    }

    /** Starts a key that can do nothing yet. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return schemes;
    }

    @Override
    public boolean canDecrypt() {
        return decryptor != null;
    }

    @Override
    public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
        return signer == null ? ExternalPrivateKey.super.startSign(request, waker) : signer.start(request, waker);
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        return decryptor == null
                ? ExternalPrivateKey.super.startDecrypt(request, waker)
                : decryptor.start(request, waker);
    }

    /** Collects what the key can do. For one thread. */
    public static final class Builder {

        private final EnumSet<SignatureScheme> schemes = EnumSet.noneOf(SignatureScheme.class);
        private @Nullable FutureAsk<SignRequest, byte[]> signer;
        private @Nullable FutureAsk<DecryptRequest, byte[]> decryptor;

        private Builder() {}

        /** Signs with a call whose answer is the signature itself. */
        public Builder signer(Set<SignatureScheme> schemes, FutureAsk.Call<SignRequest, byte[]> call) {
            return signer(schemes, call, Function.identity());
        }

        /**
         * Signs with a call whose answer holds the signature.
         *
         * @param schemes what the key signs with; not empty
         * @param call sends the request
         * @param signature takes the signature out of the answer, on the thread that drives the connection
         * @throws IllegalArgumentException without a scheme
         */
        public <R> Builder signer(
                Set<SignatureScheme> schemes,
                FutureAsk.Call<SignRequest, R> call,
                Function<? super R, byte[]> signature) {
            if (schemes.isEmpty()) {
                throw new IllegalArgumentException("schemes: empty; name what the key signs with");
            }
            this.schemes.clear();
            this.schemes.addAll(schemes);
            this.signer = FutureAsk.of(call, signature, Discard::nothing);
            return this;
        }

        /** Decrypts with a call whose answer is the raw block or the premaster secret itself; it is wiped after use. */
        public Builder decryptor(FutureAsk.Call<DecryptRequest, byte[]> call) {
            return decryptor(call, Function.identity());
        }

        /**
         * Decrypts with a call whose answer holds the raw block or the premaster secret.
         *
         * @param call sends the request
         * @param plaintext takes the bytes out of the answer; they are wiped after use. Runs on the thread that drives the
         *     connection, and on any thread for an answer that arrives after the operation was cancelled
         */
        public <R> Builder decryptor(FutureAsk.Call<DecryptRequest, R> call, Function<? super R, byte[]> plaintext) {
            this.decryptor = FutureAsk.of(call, plaintext, late -> Discard.bytes(plaintext.apply(late)));
            return this;
        }

        /** Makes the key. */
        public FutureKey build() {
            return new FutureKey(this);
        }
    }
}
