package dev.lockstep.testkit.answer;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** When the answer of a key comes: the forms that every conversation is run with. */
public enum KeyForm {
    /** In the step that starts the operation. */
    AT_ONCE,
    /** The second time that the connection asks. */
    AFTER_ONE_RESUME,
    /** The third time that the connection asks. */
    AFTER_TWO_RESUMES,
    /** On another thread, which wakes the connection. */
    OTHER_THREAD;

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "key");
        thread.setDaemon(true);
        return thread;
    });

    /** Returns a script for a key that answers in this form. */
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
