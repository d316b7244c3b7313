package dev.lockstep.keys;

import static dev.lockstep.keys.Operations.done;
import static dev.lockstep.keys.Operations.failure;
import static dev.lockstep.keys.Operations.inProgress;
import static dev.lockstep.keys.Operations.ready;
import static dev.lockstep.keys.Requests.decrypt;
import static dev.lockstep.keys.Requests.sign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** ASYNC.md group J, the future: done, later, exceptional, cancelled. */
class FutureKeyTest {

    private static final Set<SignatureScheme> SCHEMES = Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256);

    private final CompletableFuture<byte[]> future = new CompletableFuture<>();
    private final FutureKey signer =
            FutureKey.builder().signer(SCHEMES, request -> future).build();
    private final FutureKey decryptor =
            FutureKey.builder().decryptor(request -> future).build();
    private final Signal signal = new Signal();

    @Test
    void aFutureThatIsDoneIsReadyInTheSameStep() throws Exception {
        future.complete(new byte[] {1});

        assertThat(done(ready(signer.startSign(sign(), signal)).resume())).containsExactly(1);
        assertThat(signal.pending()).isZero();
    }

    @Test
    void aFutureThatCompletesLaterWakesAndHasTheResult() throws Exception {
        PendingOperation<byte[]> operation = inProgress(signer.startSign(sign(), signal));
        assertThat(operation.resume()).isInstanceOf(Progress.InProgress.class);

        Thread other = new Thread(() -> future.complete(new byte[] {2}));
        other.start();
        signal.await();

        assertThat(done(operation.resume())).containsExactly(2);
        other.join();
    }

    @Test
    void anExceptionalFutureFailsWithItsOwnCause() throws Exception {
        PendingOperation<byte[]> operation = inProgress(signer.startSign(sign(), signal));

        future.completeExceptionally(new IOException("throttled"));

        assertThat(signal.pending()).isEqualTo(1);
        assertThat(failure(operation.resume())).isInstanceOf(IOException.class).hasMessage("throttled");
    }

    @Test
    void aDependentStageFailsWithTheCauseBelowItsCompletionException() throws Exception {
        FutureKey mapped = FutureKey.builder()
                .signer(SCHEMES, request -> future.thenApply(b -> b))
                .build();
        PendingOperation<byte[]> operation = inProgress(mapped.startSign(sign(), signal));

        future.completeExceptionally(new CompletionException(new IOException("gone")));

        assertThat(failure(operation.resume())).isInstanceOf(IOException.class).hasMessage("gone");
    }

    @Test
    void aFutureThatIsCancelledElsewhereFails() throws Exception {
        PendingOperation<byte[]> operation = inProgress(decryptor.startDecrypt(decrypt(), signal));

        future.cancel(true);

        assertThat(signal.pending()).isEqualTo(1);
        assertThat(((OperationException) failure(operation.resume())).reason()).isEqualTo(Reason.REJECTED);
    }

    @Test
    void nullIsNotAResult() throws Exception {
        PendingOperation<byte[]> operation = inProgress(signer.startSign(sign(), signal));
        future.complete(null);
        assertThat(((OperationException) failure(operation.resume())).reason()).isEqualTo(Reason.INVALID_OUTPUT);

        FutureKey without = FutureKey.builder()
                .signer(SCHEMES, request -> (CompletionStage<byte[]>) null)
                .build();
        assertThat(failure(without.startSign(sign(), signal))).isInstanceOf(OperationException.class);
    }

    @Test
    void cancellingCancelsTheStageOfTheClientLibraryItself() throws Exception {
        Client kms = new Client();
        FutureKey key = kms.key();

        inProgress(key.startSign(sign(), signal)).cancel();

        assertThat(kms.answer).isCancelled();
    }

    @Test
    void aClientThatAnswersWithItsOwnResponseTypeFitsAsItIs() throws Exception {
        Client kms = new Client();
        FutureKey key = kms.key();
        PendingOperation<byte[]> operation = inProgress(key.startSign(sign(), signal));

        kms.answer.complete(new Response(new byte[] {5, 6}));

        assertThat(signal.pending()).isEqualTo(1);
        assertThat(done(operation.resume())).containsExactly(5, 6);
        assertThat(kms.digestSeen).hasSize(32);
    }

    @Test
    void aPlaintextThatWasNotFetchedIsWipedByCancel() throws Exception {
        byte[] plaintext = new byte[48];
        Arrays.fill(plaintext, (byte) 0x5a);
        PendingOperation<byte[]> operation = inProgress(decryptor.startDecrypt(decrypt(), signal));

        future.complete(plaintext);
        operation.cancel();

        assertThat(plaintext).containsOnly(0);
    }

    @Test
    void cancellingAfterAFailureIsHarmless() throws Exception {
        PendingOperation<byte[]> operation = inProgress(decryptor.startDecrypt(decrypt(), signal));
        future.completeExceptionally(new IOException("late"));

        operation.cancel();

        assertThat(future).isCompletedExceptionally();
    }

    @Test
    void whatWasNotConfiguredIsNotOfferedAndFails() throws Exception {
        assertThat(signer.canDecrypt()).isFalse();
        assertThat(decryptor.signatureSchemes()).isEmpty();
        assertThat(failure(signer.startDecrypt(decrypt(), signal))).hasMessageContaining("does not decrypt");
        assertThat(failure(decryptor.startSign(sign(), signal))).hasMessageContaining("does not sign");
        assertThatThrownBy(() -> FutureKey.builder().signer(Set.of(), request -> future))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("schemes:");
    }

    /** The shape of a cloud key service's asynchronous client. */
    private static final class Client {
        final CompletableFuture<Response> answer = new CompletableFuture<>();
        byte[] digestSeen = {};

        CompletableFuture<Response> sign(byte[] digest) {
            digestSeen = digest;
            return answer;
        }

        FutureKey key() {
            return FutureKey.builder()
                    .signer(SCHEMES, (SignRequest request) -> sign(request.digest()), Response::signature)
                    .build();
        }
    }

    private record Response(byte[] signature) {}
}
