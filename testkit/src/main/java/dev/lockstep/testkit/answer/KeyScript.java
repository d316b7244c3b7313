package dev.lockstep.testkit.answer;

import dev.lockstep.tls.wait.Progress;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a scripted key answers to one kind of operation. Mutable while a test sets it up. */
public final class KeyScript {

    enum Begin {
        READY,
        IN_PROGRESS,
        FALL_THROUGH,
        FAILED,
        THROWS,
        ERROR,
        NULL
    }

    /** Where the result comes from once the operation was started. */
    enum Source {
        /** Computed by resume itself, after a number of "in progress". */
        COUNTED,
        /** Computed elsewhere and published; resume looks whether it is there. */
        PUBLISHED
    }

    final Begin begin;
    final Source source;
    final int inProgressAnswers;

    @Nullable
    Throwable cause;

    @Nullable
    Executor executor;

    byte @Nullable [] value;

    UnaryOperator<byte[]> change = value -> value;

    @Nullable
    Supplier<Progress<byte[]>> ending;

    @Nullable
    RuntimeException resumeThrows;

    @Nullable
    Exception cancelThrows;

    Runnable onStart = () -> {};
    Runnable onResume = () -> {};
    Runnable afterEmptyPoll = () -> {};
    Runnable onCancel = () -> {};
    boolean wakesInsideStart;

    private KeyScript(Begin begin, Source source, int inProgressAnswers) {
        this.begin = begin;
        this.source = source;
        this.inProgressAnswers = inProgressAnswers;
    }

    /** Mbed TLS's "start returns 0": resumed in the same step, which answers immediately. */
    public static KeyScript ready() {
        return readyAfter(0);
    }

    /** Resumed in the same step, which answers this; nothing is computed. */
    public static KeyScript done(byte... value) {
        KeyScript script = ready();
        script.value = value;
        return script;
    }

    /** Resumed in the same step, which nevertheless says "in progress" so many times. */
    public static KeyScript readyAfter(int inProgressAnswers) {
        return new KeyScript(Begin.READY, Source.COUNTED, inProgressAnswers);
    }

    /** Suspends; then that many resumes answer "in progress". */
    public static KeyScript inProgress(int inProgressAnswers) {
        return new KeyScript(Begin.IN_PROGRESS, Source.COUNTED, inProgressAnswers);
    }

    /** Suspends and never answers. */
    public static KeyScript never() {
        return inProgress(Integer.MAX_VALUE);
    }

    /** Suspends; the result is computed on another thread, which then wakes the connection. */
    public static KeyScript on(Executor executor) {
        KeyScript script = new KeyScript(Begin.IN_PROGRESS, Source.PUBLISHED, 0);
        script.executor = executor;
        return script;
    }

    /** Suspends until the test calls {@link RecordedOperation#complete}. */
    public static KeyScript manual() {
        return new KeyScript(Begin.IN_PROGRESS, Source.PUBLISHED, 0);
    }

    /** Start says that another key is responsible. */
    public static KeyScript fallThrough() {
        return new KeyScript(Begin.FALL_THROUGH, Source.COUNTED, 0);
    }

    /** Start answers "failed". */
    public static KeyScript startFails(Throwable cause) {
        return starting(Begin.FAILED, cause);
    }

    /** Start throws an exception. */
    public static KeyScript startThrows(Exception cause) {
        return starting(Begin.THROWS, cause);
    }

    /** Throws what no signature announces: a linkage error of a native driver, say. */
    public static KeyScript startThrowsError(Error cause) {
        return starting(Begin.ERROR, cause);
    }

    /** Start answers null. */
    public static KeyScript startReturnsNull() {
        return starting(Begin.NULL, null);
    }

    private static KeyScript starting(Begin begin, @Nullable Throwable cause) {
        KeyScript script = new KeyScript(begin, Source.COUNTED, 0);
        script.cause = cause;
        return script;
    }

    /** The result is computed, but resume answers "failed". */
    public KeyScript thenFails(Throwable why) {
        ending = () -> Progress.failed(why);
        return this;
    }

    /** The result is computed, but resume throws. */
    public KeyScript thenThrows(RuntimeException why) {
        resumeThrows = why;
        return this;
    }

    /** The result is computed, but resume answers null. */
    public KeyScript thenReturnsNull() {
        ending = Faults::brokenPromise;
        return this;
    }

    /** The result is changed before it is handed over. */
    public KeyScript changed(UnaryOperator<byte[]> how) {
        change = how;
        return this;
    }

    /** Runs in each start. */
    public KeyScript onStart(Runnable hook) {
        onStart = hook;
        return this;
    }

    /** Runs at the beginning of each resume. */
    public KeyScript onResume(Runnable hook) {
        onResume = hook;
        return this;
    }

    /** Runs at the end of a resume that is about to answer "in progress", when it has looked already. */
    public KeyScript afterEmptyPoll(Runnable hook) {
        afterEmptyPoll = hook;
        return this;
    }

    /** Runs in each cancel. */
    public KeyScript onCancel(Runnable hook) {
        onCancel = hook;
        return this;
    }

    /** A checked exception is thrown without being declared. */
    public KeyScript cancelThrows(Exception why) {
        cancelThrows = why;
        return this;
    }

    /** The waker is used before start has returned. */
    public KeyScript wakesInsideStart() {
        wakesInsideStart = true;
        return this;
    }
}
