package dev.lockstep.keys.compose;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/** A key that does what a test tells it, keeps its operations, and notes every breach of the SPI's call discipline. */
final class ScriptedKey implements ExternalPrivateKey {

    Set<SignatureScheme> schemes = Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256);
    boolean decrypts = true;
    final List<Operation> operations = new ArrayList<>();
    final List<String> violations = new ArrayList<>();
    private final Deque<Function<Operation, Start<byte[]>>> script = new ArrayDeque<>();

    /** How the next start answers; without a script it is in progress. */
    ScriptedKey then(Function<Operation, Start<byte[]>> answer) {
        script.add(answer);
        return this;
    }

    ScriptedKey thenFails(Throwable cause) {
        return then(operation -> Start.failed(cause));
    }

    ScriptedKey thenDone(int value) {
        return then(operation -> Start.done(new byte[] {(byte) value}));
    }

    Operation last() {
        return operations.get(operations.size() - 1);
    }

    int starts() {
        return operations.size();
    }

    @Override
    public Set<SignatureScheme> signatureSchemes() {
        return schemes;
    }

    @Override
    public boolean canDecrypt() {
        return decrypts;
    }

    @Override
    public Start<byte[]> startSign(SignRequest request, Waker waker) {
        return start(new Operation(waker, request.deadlineNanos()));
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) {
        return start(new Operation(waker, request.deadlineNanos()));
    }

    private Start<byte[]> start(Operation operation) {
        operations.add(operation);
        Function<Operation, Start<byte[]>> answer = script.poll();
        return answer == null ? Start.inProgress(operation) : answer.apply(operation);
    }

    final class Operation implements PendingOperation<byte[]> {

        final Waker waker;
        final OptionalLong deadline;
        private final Thread driver = Thread.currentThread();
        private volatile Progress<byte[]> next = Progress.inProgress();
        private boolean ended;
        int resumes;
        int cancels;

        Operation(Waker waker, OptionalLong deadline) {
            this.waker = waker;
            this.deadline = deadline;
        }

        void complete(int value) {
            end(Progress.done(new byte[] {(byte) value}));
        }

        void fail(Throwable cause) {
            end(Progress.failed(cause));
        }

        private void end(Progress<byte[]> progress) {
            next = progress;
            waker.wake();
        }

        @Override
        public Progress<byte[]> resume() {
            check("resume");
            resumes++;
            Progress<byte[]> progress = next;
            ended = !(progress instanceof Progress.InProgress<byte[]>);
            return progress;
        }

        @Override
        public void cancel() {
            check("cancel");
            ended = true;
            cancels++;
        }

        private void check(String call) {
            if (ended) {
                violations.add(call + " after the end");
            }
            if (Thread.currentThread() != driver) {
                violations.add(call + " on another thread");
            }
        }
    }
}
