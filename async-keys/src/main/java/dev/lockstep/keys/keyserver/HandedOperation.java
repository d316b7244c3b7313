package dev.lockstep.keys.keyserver;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One operation between the thread of its connection and the thread of the key server, which begins and ends it. */
final class HandedOperation implements PendingOperation<byte[]> {

    /** The question to the key server's connection, on its thread. */
    interface Question {
        Start<byte[]> start(Waker answered) throws Exception;
    }

    private final Waker waker;
    private final Consumer<Runnable> thread;
    private @Nullable PendingOperation<byte[]> pending; // of the thread
    private @Nullable Progress<byte[]> outcome;
    private boolean cancelled;

    /** @param thread runs a task on the key server's thread, in the order of the calls */
    HandedOperation(Waker waker, Consumer<Runnable> thread) {
        this.waker = waker;
        this.thread = thread;
    }

    // ---- on the thread of the key server

    void begin(Question question) {
        if (isCancelled()) {
            return;
        }
        try {
            Start<byte[]> start = question.start(() -> thread.accept(this::fetch));
            if (start instanceof Start.InProgress<byte[]> begun) {
                pending = begun.operation();
            } else if (start instanceof Start.Ready<byte[]> begun) {
                pending = begun.operation();
                fetch();
            } else if (start instanceof Start.Failed<byte[]> failed) {
                end(Progress.failed(failed.cause()));
            } else {
                end(Progress.failed(new OperationException(Reason.UNSUPPORTED, "there is no local key")));
            }
        } catch (Exception | Error e) { // boundary: what a key throws is a failure of the key
            end(Progress.thrown(e));
        }
    }

    private void fetch() {
        PendingOperation<byte[]> operation = pending;
        if (operation == null) {
            return;
        }
        Progress<byte[]> progress;
        try {
            progress = operation.resume();
        } catch (Exception | Error e) { // boundary: what a key throws is a failure of the key
            progress = Progress.thrown(e);
        }
        if (!(progress instanceof Progress.InProgress<byte[]>)) {
            pending = null;
            end(progress);
        }
    }

    private void end(Progress<byte[]> result) {
        synchronized (this) {
            if (cancelled) {
                wipe(result);
                return;
            }
            outcome = result;
        }
        waker.wake();
    }

    private void giveUp() {
        PendingOperation<byte[]> operation = pending;
        pending = null;
        if (operation != null) {
            operation.cancel();
        }
    }

    // ---- on the thread of the connection

    @Override
    public synchronized Progress<byte[]> resume() {
        Progress<byte[]> result = outcome;
        return result == null ? Progress.inProgress() : result;
    }

    @Override
    public void cancel() {
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            if (outcome != null) {
                wipe(outcome);
                return;
            }
        }
        thread.accept(this::giveUp);
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    private static void wipe(Progress<byte[]> result) {
        if (result instanceof Progress.Done<byte[]> done) {
            Wipe.bytes(done.value());
        }
    }
}
