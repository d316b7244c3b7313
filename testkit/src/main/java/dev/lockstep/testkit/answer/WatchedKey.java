package dev.lockstep.testkit.answer;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands between connections and a real key: the key answers, and what is asked of it and what it hands over is recorded as a
 * {@link RecordingKey} records it, breaches of the call discipline included. For connections that one thread drives.
 */
public final class WatchedKey implements ExternalPrivateKey {

    @FunctionalInterface
    private interface Starter {
        Start<byte[]> start(Waker waker) throws Exception;
    }

    private final ExternalPrivateKey key;
    private final Recorder recorder = new Recorder();
    private KeyScript hooks = KeyScript.manual();
    private int wakesPassedOn = 1;

    /** Stands in front of {@code key}. */
    public WatchedKey(ExternalPrivateKey key) {
        this.key = key;
    }

    /**
     * Runs the hooks of a script with every operation from now on; its {@code onStart} when the key has answered that the
     * operation is in progress. What the script says of the answer does not matter.
     */
    public WatchedKey hooks(KeyScript script) {
        hooks = script;
        return this;
    }

    /** Passes each wake of the key on so many times. */
    public WatchedKey wakesPassedOn(int times) {
        wakesPassedOn = times;
        return this;
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
        return forward(request, null, waker, counted -> key.startSign(request, counted));
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        return forward(null, request, waker, counted -> key.startDecrypt(request, counted));
    }

    private Start<byte[]> forward(
            @Nullable SignRequest sign, @Nullable DecryptRequest decrypt, Waker waker, Starter starter)
            throws Exception {
        RecordedOperation operation = recorder.record(hooks, Faults::brokenPromise, sign, decrypt, waker);
        int repeated = wakesPassedOn - 1;
        Start<byte[]> start;
        boolean answered = false;
        try {
            start = starter.start(() -> {
                for (int i = 0; i < repeated; i++) {
                    waker.wake();
                }
                operation.wake();
            });
            answered = true;
        } finally {
            if (!answered) {
                operation.neverPending();
            }
        }
        if (start instanceof Start.Ready<byte[]> ready) {
            operation.startedBehind(ready.operation(), false);
            return Start.ready(operation);
        }
        if (start instanceof Start.InProgress<byte[]> inProgress) {
            operation.startedBehind(inProgress.operation(), true);
            hooks.onStart.run();
            return Start.inProgress(operation);
        }
        operation.neverPending();
        return start;
    }

    /** Every operation that was started, in order. */
    public List<RecordedOperation> operations() {
        return recorder.operations();
    }

    /** The only operation there was. */
    public RecordedOperation operation() {
        return recorder.operation();
    }

    /** The operation that was started last. */
    public RecordedOperation last() {
        return recorder.last();
    }

    /** How many operations were started. */
    public int starts() {
        return recorder.starts();
    }

    /** How often operations were cancelled. */
    public int cancels() {
        return operations().stream().mapToInt(RecordedOperation::cancels).sum();
    }

    /** Fails unless every operation was resumed and cancelled as the contract says. */
    public void assertDisciplined() {
        recorder.assertDisciplined();
    }
}
