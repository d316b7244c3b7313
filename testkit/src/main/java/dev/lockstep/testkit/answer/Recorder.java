package dev.lockstep.testkit.answer;

import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts operations by script, keeps them, and notes breaches of the call discipline. */
final class Recorder {

    private final List<RecordedOperation> operations = new ArrayList<>();
    private final BlockingQueue<RecordedOperation> pending = new LinkedBlockingQueue<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();

    private boolean needsConnection = true;

    void withoutConnection() {
        needsConnection = false;
    }

    void note(String violation) {
        violations.add(violation);
    }

    Start<byte[]> start(
            KeyScript script,
            Callable<byte[]> work,
            @Nullable SignRequest sign,
            @Nullable DecryptRequest decrypt,
            Waker waker)
            throws Exception {
        RecordedOperation operation = record(script, work, sign, decrypt, waker);
        script.onStart.run();
        if (script.wakesInsideStart) {
            operation.publish();
            waker.wake();
        }
        switch (script.begin) {
            case READY -> {
                operation.started(false);
                return Start.ready(operation);
            }
            case IN_PROGRESS -> {
                operation.started(true);
                pending.add(operation);
                if (script.executor != null) {
                    script.executor.execute(operation::complete);
                }
                return Start.inProgress(operation);
            }
            default -> operation.neverPending();
        }
        return switch (script.begin) {
            case FALL_THROUGH -> Start.fallThrough();
            case FAILED -> Start.failed(Objects.requireNonNull(script.cause));
            case THROWS -> throw (Exception) Objects.requireNonNull(script.cause);
            case ERROR -> throw (Error) Objects.requireNonNull(script.cause);
            default -> Faults.brokenPromise();
        };
    }

    /** Keeps an operation whose start is under way. */
    RecordedOperation record(
            KeyScript script,
            Callable<byte[]> work,
            @Nullable SignRequest sign,
            @Nullable DecryptRequest decrypt,
            Waker waker) {
        RecordedOperation operation =
                new RecordedOperation(script, work, sign, decrypt, waker, violations::add, needsConnection);
        synchronized (operations) {
            operations.add(operation);
        }
        return operation;
    }

    List<RecordedOperation> operations() {
        synchronized (operations) {
            return List.copyOf(operations);
        }
    }

    int starts() {
        synchronized (operations) {
            return operations.size();
        }
    }

    RecordedOperation last() {
        synchronized (operations) {
            Expect.that(!operations.isEmpty(), "no operation was started");
            return operations.get(operations.size() - 1);
        }
    }

    RecordedOperation takePending() {
        try {
            RecordedOperation operation = pending.poll(30, TimeUnit.SECONDS);
            if (operation == null) {
                throw new AssertionError("no operation was started that waits");
            }
            return operation;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The only operation there was. */
    RecordedOperation operation() {
        Expect.equal("operations started", operations().size(), 1);
        return operations().get(0);
    }

    void assertDisciplined() {
        Expect.that(violations.isEmpty(), "breaches of the call discipline: " + violations);
    }
}
