package dev.lockstep.keys;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.EnumSet;
import java.util.Objects;
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

    /** Sends a request; must not block. */
    @FunctionalInterface
    public interface Call<Q, R> {
        /**
         * Starts the operation.
         *
         * @return completes with the answer, on any thread
         * @throws Exception counts as a failed operation
         */
        CompletionStage<R> send(Q request) throws Exception;
    }

    /** A call with what takes the bytes out of its answer. */
    private record Route<Q, R>(Call<Q, R> call, Function<? super R, byte[]> bytes, boolean secret) {
        Start<byte[]> start(Q request, Waker waker) throws Exception {
            CompletionStage<R> stage = call.send(request);
            if (stage == null) {
                return Start.failed(new OperationException(Reason.INVALID_OUTPUT, "the call answered null"));
            }
            return FutureOperation.start(stage.toCompletableFuture(), bytes, secret, waker);
        }
    }

    private final Set<SignatureScheme> schemes;
    private final @Nullable Route<SignRequest, ?> signer;
    private final @Nullable Route<DecryptRequest, ?> decryptor;

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
        private @Nullable Route<SignRequest, ?> signer;
        private @Nullable Route<DecryptRequest, ?> decryptor;

        private Builder() {}

        /** Signs with a call whose answer is the signature itself. */
        public Builder signer(Set<SignatureScheme> schemes, Call<SignRequest, byte[]> call) {
            return signer(schemes, call, Function.identity());
        }

        /**
         * Signs with a call whose answer holds the signature.
         *
         * @param schemes what the key signs with; not empty
         * @param call sends the request
         * @param signature takes the signature out of the answer, on the thread that drives the connection
         */
        public <R> Builder signer(
                Set<SignatureScheme> schemes, Call<SignRequest, R> call, Function<? super R, byte[]> signature) {
            if (schemes.isEmpty()) {
                throw new IllegalArgumentException("schemes: empty; name what the key signs with");
            }
            this.schemes.clear();
            this.schemes.addAll(schemes);
            this.signer = new Route<>(Objects.requireNonNull(call, "call"), signature, false);
            return this;
        }

        /** Decrypts with a call whose answer is the raw block or the premaster secret itself; it is wiped after use. */
        public Builder decryptor(Call<DecryptRequest, byte[]> call) {
            return decryptor(call, Function.identity());
        }

        /**
         * Decrypts with a call whose answer holds the raw block or the premaster secret.
         *
         * @param call sends the request
         * @param plaintext takes the bytes out of the answer, on the thread that drives the connection; they are wiped
         */
        public <R> Builder decryptor(Call<DecryptRequest, R> call, Function<? super R, byte[]> plaintext) {
            this.decryptor = new Route<>(Objects.requireNonNull(call, "call"), plaintext, true);
            return this;
        }

        /** Makes the key. */
        public FutureKey build() {
            return new FutureKey(this);
        }
    }
}
