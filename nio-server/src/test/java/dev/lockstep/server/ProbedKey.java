package dev.lockstep.server;

import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Stands between connections and a key, and notes what is called, on which thread, and what is handed over. */
final class ProbedKey implements ExternalPrivateKey {

    final List<Operation> operations = new ArrayList<>();
    final List<String> violations = new ArrayList<>();

    /** Called with each operation that is in progress, before its start returns. */
    Consumer<Operation> beforeStartReturns = operation -> {};

    /** Called while a resume is under way that has found nothing, before it returns. */
    Consumer<Operation> whilePolled = operation -> {};

    /** How often each wake of the key is passed on. */
    int wakesPassedOn = 1;

    private final ExternalPrivateKey key;

    ProbedKey(ExternalPrivateKey key) {
        this.key = key;
    }

    Operation only() {
        if (operations.size() != 1) {
            throw new AssertionError(operations.size() + " operations were started, not one");
        }
        return operations.get(0);
    }

    int cancels() {
        return operations.stream().mapToInt(operation -> operation.cancels).sum();
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
        Operation operation = new Operation(waker, false);
        return operation.started(() -> key.startSign(request, operation::wake));
    }

    @Override
    public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
        Operation operation = new Operation(waker, true);
        return operation.started(() -> key.startDecrypt(request, operation::wake));
    }

    /** One operation, seen from both sides. */
    final class Operation implements PendingOperation<byte[]> {

        private final Waker waker;
        private final boolean secret;
        private final Thread driver = Thread.currentThread();
        private PendingOperation<byte[]> pending;
        private byte[] result;
        private boolean ended;
        final AtomicInteger wakes = new AtomicInteger();
        int resumes;
        int cancels;

        Operation(Waker waker, boolean secret) {
            this.waker = waker;
            this.secret = secret;
            operations.add(this);
        }

        private Start<byte[]> started(Callable<Start<byte[]>> call) throws Exception {
            ended = true; // should it throw
            Start<byte[]> start = call.call();
            ended = !(start instanceof Start.Ready<byte[]>) && !(start instanceof Start.InProgress<byte[]>);
            if (start instanceof Start.Ready<byte[]> ready) {
                pending = ready.operation();
                return Start.ready(this);
            }
            if (start instanceof Start.InProgress<byte[]> inProgress) {
                pending = inProgress.operation();
                beforeStartReturns.accept(this);
                return Start.inProgress(this);
            }
            return start;
        }

        /** A wake of the key's, or one that a test makes up. */
        void wake() {
            for (int i = 0; i < wakesPassedOn; i++) {
                waker.wake();
            }
            wakes.incrementAndGet(); // last: a test that waits for it may look at what the wake did
        }

        boolean ended() {
            return ended;
        }

        /** Whether a plaintext that the connection was given is wiped; true where none was given. */
        boolean wiped() {
            return !secret || result == null || isZero(result);
        }

        @Override
        public Progress<byte[]> resume() throws Exception {
            check("resume");
            resumes++;
            Progress<byte[]> progress;
            try {
                progress = pending.resume();
            } catch (Exception e) {
                ended = true;
                throw e;
            }
            if (progress instanceof Progress.InProgress<byte[]>) {
                whilePolled.accept(this);
                return progress;
            }
            ended = true;
            if (progress instanceof Progress.Done<byte[]> done) {
                result = done.value();
            }
            return progress;
        }

        @Override
        public void cancel() {
            check("cancel");
            ended = true;
            cancels++;
            pending.cancel();
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

    static boolean isZero(byte[] bytes) {
        for (byte octet : bytes) {
            if (octet != 0) {
                return false;
            }
        }
        return true;
    }
}
