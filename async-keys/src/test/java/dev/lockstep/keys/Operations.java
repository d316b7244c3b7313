package dev.lockstep.keys;

import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;

/** What the SPI returns, unwrapped. */
public final class Operations {

    private Operations() {}

    public static <T> PendingOperation<T> inProgress(Start<T> start) {
        return ((Start.InProgress<T>) start).operation();
    }

    public static <T> PendingOperation<T> ready(Start<T> start) {
        return ((Start.Ready<T>) start).operation();
    }

    public static Throwable failure(Start<?> start) {
        return ((Start.Failed<?>) start).cause();
    }

    public static <T> T done(Progress<T> progress) {
        return ((Progress.Done<T>) progress).value();
    }

    public static Throwable failure(Progress<?> progress) {
        return ((Progress.Failed<?>) progress).cause();
    }
}
