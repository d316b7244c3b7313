package dev.lockstep.jsse.engine;

import dev.lockstep.tls.wait.Suspension;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One wait of a connection, from its suspension to the call that ends it. Guarded by the lock of its {@link WaitRoom}. */
final class Wait {

    /** Where the task of this wait is. A server runs one at a time, and gets another one where the answer is still missing. */
    enum Task {
        NONE,
        OFFERED,
        TAKEN
    }

    final Suspension suspension;

    Task task = Task.NONE;

    /** What the task does before it waits: an application's own code that is asked in this wait. */
    private @Nullable Runnable work;

    private @Nullable Future<?> deadline;

    Wait(Suspension suspension) {
        this.suspension = suspension;
    }

    void work(Runnable asked) {
        work = asked;
    }

    /** Returns the work, to whichever task comes first; null for the others. */
    @Nullable
    Runnable takeWork() {
        Runnable asked = work;
        work = null;
        return asked;
    }

    /** Sets what is scheduled at the deadline, for a wait in which no thread looks at it. */
    void deadline(Future<?> scheduled) {
        deadline = scheduled;
    }

    void end() {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }
}
