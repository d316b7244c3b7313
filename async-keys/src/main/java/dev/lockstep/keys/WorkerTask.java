package dev.lockstep.keys;

import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Waker;
import java.net.InetAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One operation that another thread does. Whatever that thread throws, an {@link Error} included, becomes a failed
 * operation; a result that the connection does not fetch is discarded, whether it arrives before or after the
 * cancellation.
 */
final class WorkerTask<T> implements PendingOperation<T> {

    private final Task<T> task;
    private final Runnable unschedule;

    /**
     * @param work what to do, on a thread of {@code submission}
     * @param discard clears a result that arrives too late
     * @param waker called once the outcome can be fetched
     * @param submission hands the task to an executor and answers what takes it out again
     * @param client where the client is that the work is for; null where it is not known
     */
    WorkerTask(
            Callable<T> work,
            Consumer<? super T> discard,
            Waker waker,
            Submission submission,
            @Nullable InetAddress client) {
        this.task = new Task<>(work, discard, waker, client);
        this.unschedule = submission.submit(task);
    }

    /** How a task gets to the thread that does it. */
    @FunctionalInterface
    interface Submission {
        /**
         * Submits {@code task} for one execution.
         *
         * @return removes the task if it still waits for its turn
         * @throws java.util.concurrent.RejectedExecutionException when there is no room
         */
        Runnable submit(FutureTask<?> task);
    }

    @Override
    public Progress<T> resume() {
        if (!task.isDone()) {
            return Progress.inProgress();
        }
        try {
            return Progress.done(task.get());
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return Progress.failed(cause != null ? cause : e);
        } catch (CancellationException e) {
            return Progress.failed(
                    new OperationException(Reason.KEY_UNAVAILABLE, "the executor cancelled the operation", e));
        } catch (InterruptedException e) {
            // The task is done up to a few instructions; the interrupt is for the driving thread, not for this wait.
            Thread.currentThread().interrupt();
            return Progress.inProgress();
        }
    }

    @Override
    public void cancel() {
        // The interrupt reaches a blocking driver that heeds it; one that does not continues, and its result is
        // discarded.
        task.cancel(true);
        unschedule.run();
        task.discardUnclaimed();
    }

    /** The future with the two ends that matter here: waking, and discarding what comes too late. */
    private static final class Task<T> extends FutureTask<T> implements FairQueue.Task {

        private final Consumer<? super T> discard;
        private final Waker waker;
        private final @Nullable InetAddress client;

        Task(Callable<T> work, Consumer<? super T> discard, Waker waker, @Nullable InetAddress client) {
            super(work);
            this.client = client;
            this.discard = discard;
            this.waker = waker;
        }

        @Override
        public @Nullable InetAddress client() {
            return client;
        }

        @Override
        public void displace() {
            setException(new OperationException(
                    Reason.REJECTED, "too many operations wait; this one gave way to a newer one"));
        }

        @Override
        protected void set(T result) {
            if (result == null) {
                setException(new OperationException(Reason.INVALID_OUTPUT, "nothing was answered"));
                return;
            }
            super.set(result);
            if (isCancelled()) {
                discard.accept(result);
            }
        }

        @Override
        protected void done() {
            // FutureTask calls this after the outcome is published, which is the order that Waker asks for.
            waker.wake();
        }

        void discardUnclaimed() {
            if (isCancelled()) {
                return;
            }
            try {
                discard.accept(get());
            } catch (ExecutionException | CancellationException e) {
                // Nothing came, so there is nothing to discard.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
