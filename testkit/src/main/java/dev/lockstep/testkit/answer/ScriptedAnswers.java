package dev.lockstep.testkit.answer;

import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * Operations other than a key's, answered as a test says: when, and whether at all. Breaches of the call discipline are
 * noted and counted by {@link #assertDisciplined}.
 */
public final class ScriptedAnswers<T> {

    /** When and how an answer comes. */
    public enum Form {
        AT_ONCE,
        READY_AFTER_ONE,
        AFTER_ONE_RESUME,
        AFTER_TWO_RESUMES,
        OTHER_THREAD,
        /** When {@link ScriptedAnswers#complete} says so. */
        MANUAL,
        FALL_THROUGH,
        START_FAILS,
        START_THROWS,
        START_THROWS_ERROR,
        START_RETURNS_NULL,
        RESUME_FAILS,
        RESUME_THROWS,
        RESUME_RETURNS_NULL,
        RESUME_FAILS_LATER;

        /** Whether no answer can come of it. */
        public boolean fails() {
            return compareTo(FALL_THROUGH) >= 0;
        }

        /** The form that goes with a form of keys. */
        public static Form like(KeyForm key) {
            return switch (key) {
                case AT_ONCE -> AT_ONCE;
                case AFTER_ONE_RESUME -> AFTER_ONE_RESUME;
                case AFTER_TWO_RESUMES -> AFTER_TWO_RESUMES;
                case OTHER_THREAD -> OTHER_THREAD;
            };
        }
    }

    @SuppressWarnings("StaticAssignmentOfThrowable") // tests compare identities; its stack trace is not read
    private static final IllegalStateException FAULT = new IllegalStateException("the store is down");

    private final List<Operation> operations = new ArrayList<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private Form form = Form.AT_ONCE;
    private Runnable beforeStart = () -> {};
    private int starts;

    /** Answers {@link Form#AT_ONCE} until told otherwise. */
    public ScriptedAnswers() {}

    /** How the next operations answer. */
    public void answers(Form next) {
        form = next;
    }

    /** What the next starts do first. */
    public void beforeStart(Runnable action) {
        beforeStart = action;
    }

    /** What failures carry as their cause. */
    public static RuntimeException fault() {
        return FAULT;
    }

    /** Starts an operation that yields {@code value}. */
    public Start<T> start(Supplier<T> value, Waker waker) {
        starts++;
        note(StepMark.current() != null, "start outside of a step");
        beforeStart.run();
        switch (form) {
            case FALL_THROUGH -> {
                return Start.fallThrough();
            }
            case START_FAILS -> {
                return Start.failed(FAULT);
            }
            case START_THROWS -> throw FAULT;
            case START_THROWS_ERROR -> throw new AssertionError("a driver's");
            case START_RETURNS_NULL -> {
                return Faults.brokenPromise();
            }
            default -> {}
        }
        Operation operation = new Operation(form, value, waker);
        operations.add(operation);
        if (form == Form.OTHER_THREAD) {
            Thread thread = new Thread(operation::complete, "answer");
            thread.setDaemon(true);
            thread.start();
        }
        return form == Form.AT_ONCE || form == Form.READY_AFTER_ONE || operation.failsAtOnce()
                ? Start.ready(operation)
                : Start.inProgress(operation);
    }

    /** Publishes the answer of the last operation and wakes the connection. */
    public void complete() {
        last().complete();
    }

    /** What {@link #complete} does to the operation that is now the last one. */
    public Runnable lastCompletion() {
        return last()::complete;
    }

    /** Whether the last operation waits for {@link #complete}. */
    public boolean isPending() {
        return !operations.isEmpty() && !last().ended && last().cancels == 0;
    }

    /** Returns how many operations were started. */
    public int starts() {
        return starts;
    }

    /** Returns how often connections asked for a result. */
    public int resumes() {
        return operations.stream().mapToInt(operation -> operation.resumes).sum();
    }

    /** Returns how many operations were cancelled. */
    public int cancels() {
        return operations.stream().mapToInt(operation -> operation.cancels).sum();
    }

    /** The waker of the last operation. */
    public Waker waker() {
        return last().waker;
    }

    /** Fails if a connection broke the rules of calls. */
    public void assertDisciplined() {
        Expect.that(violations.isEmpty(), "breaches of the call discipline: " + violations);
    }

    private Operation last() {
        return operations.get(operations.size() - 1);
    }

    private void note(boolean holds, String otherwise) {
        if (!holds) {
            violations.add(otherwise);
        }
    }

    private final class Operation implements PendingOperation<T> {
        private final Form form;
        private final Supplier<T> value;
        private final Waker waker;
        private volatile boolean complete;
        private boolean ended;
        private int resumes;
        private int cancels;

        Operation(Form form, Supplier<T> value, Waker waker) {
            this.form = form;
            this.value = value;
            this.waker = waker;
        }

        boolean failsAtOnce() {
            return form == Form.RESUME_FAILS || form == Form.RESUME_THROWS || form == Form.RESUME_RETURNS_NULL;
        }

        void complete() {
            complete = true;
            waker.wake();
        }

        @Override
        public Progress<T> resume() {
            resumes++;
            note(StepMark.current() != null, "resume outside of a step");
            note(!ended, "resume after the end");
            note(cancels == 0, "resume after cancel");
            int before =
                    switch (form) {
                        case READY_AFTER_ONE, AFTER_ONE_RESUME, RESUME_FAILS_LATER -> 1;
                        case AFTER_TWO_RESUMES -> 2;
                        case OTHER_THREAD, MANUAL -> complete ? 0 : Integer.MAX_VALUE;
                        default -> 0;
                    };
            if (resumes <= before) {
                return Progress.inProgress();
            }
            ended = true;
            return switch (form) {
                case RESUME_FAILS, RESUME_FAILS_LATER -> Progress.failed(FAULT);
                case RESUME_THROWS -> throw FAULT;
                case RESUME_RETURNS_NULL -> Faults.brokenPromise();
                default -> Progress.done(value.get());
            };
        }

        @Override
        public void cancel() {
            cancels++;
            note(!ended, "cancel after the end");
            note(cancels == 1, "cancel twice");
        }
    }
}
