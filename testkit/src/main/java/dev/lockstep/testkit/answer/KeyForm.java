package dev.lockstep.testkit.answer;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** When the answer of a key comes: the forms that every conversation is run with. */
public enum KeyForm {
    AT_ONCE,
    AFTER_ONE_RESUME,
    AFTER_TWO_RESUMES,
    OTHER_THREAD;

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "key");
        thread.setDaemon(true);
        return thread;
    });

    public KeyScript script() {
        return switch (this) {
            case AT_ONCE -> KeyScript.ready();
            case AFTER_ONE_RESUME -> KeyScript.inProgress(1);
            case AFTER_TWO_RESUMES -> KeyScript.inProgress(2);
            case OTHER_THREAD -> KeyScript.on(THREADS);
        };
    }

    /** Whether the connection stops at least once. */
    public boolean suspends() {
        return this != AT_ONCE;
    }

    /** Whether the connection is woken, and need not be polled. */
    public boolean wakes() {
        return this == OTHER_THREAD;
    }
}
