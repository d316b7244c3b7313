package dev.lockstep.jsse.engine;

import dev.lockstep.jsse.Waiting;
import dev.lockstep.tls.wait.Suspension;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the server of a suspended connection waits: it offers a task that asks managers and blocks, keeps back the server's own tasks, or runs
 * a hook. The engine tells it before and after each call of the connection; the waker of the connection is {@link #wake}.
 *
 * <p>The lock in here is held for a few instructions, and never while foreign code runs, so that {@link #wake} blocks no key.
 */
@SuppressWarnings("ReferenceEquality") // which wait it is matters, and not what it is like
public final class WaitRoom {

    /** What the server has to do about the wait. */
    public enum Stage {
        /** The connection does not wait. */
        NONE,
        /** Take the task and run it. */
        TASK,
        /** Nothing: the task runs, or the hook will. */
        PENDING,
        /** Move the connection. */
        ANSWERED
    }

    private static final long FIRST_REPEAT = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LAST_REPEAT = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier clock;
    private final Consumer<InterruptedException> onInterrupt;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Runnable> keptBack = new ArrayDeque<>();
    private Waiting way;
    private Runnable hook = WaitRoom::nothingLeft;
    private @Nullable Suspension current;
    private @Nullable Future<?> deadline;
    /** What the task does before it waits: an application's own code that is asked in this wait. */
    private @Nullable Runnable work;

    private boolean woken;
    private boolean wokenBefore;
    private boolean offered;
    private boolean taken;
    private boolean owed;
    private long drives;

    /**
     * @param clock of the configuration, for deadlines
     * @param onInterrupt ends the connection when a thread is interrupted in its wait
     */
    public WaitRoom(Waiting way, LongSupplier clock, Consumer<InterruptedException> onInterrupt) {
        this.way = way;
        this.clock = clock;
        this.onInterrupt = onInterrupt;
    }

    /** Changes the way, before anything was waited for. */
    public void way(Waiting other) {
        lock.lock();
        try {
            way = other;
        } finally {
            lock.unlock();
        }
    }

    public Waiting way() {
        return locked(() -> way);
    }

    /** Sets what runs when a wait of the way PARK may be over, on any thread. */
    public void hook(Runnable onWake) {
        lock.lock();
        try {
            hook = onWake;
        } finally {
            lock.unlock();
        }
    }

    /** Takes work for the task of the wait that begins with the current call of the connection; the way is TASK. */
    public void inTask(Runnable asked) {
        lock.lock();
        try {
            work = asked;
        } finally {
            lock.unlock();
        }
    }

    /** A call of the connection begins, which may ask for the answer: a wake-up from now on is about a later one. */
    public void beforeDrive() {
        lock.lock();
        try {
            wokenBefore = woken;
            woken = false;
            drives++;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A call of the connection is over.
     *
     * @param suspension what it waits for, or null
     * @param asked whether it has asked for the answer: if not, an earlier wake-up is still to be heeded
     */
    public void afterDrive(@Nullable Suspension suspension, boolean asked) {
        List<Runnable> released = List.of();
        lock.lock();
        try {
            boolean same = current == suspension;
            woken |= same && !asked && wokenBefore;
            if (!same) {
                end();
                released = takeKeptBack();
                current = suspension;
            }
            if (suspension == null) {
                work = null;
            }
            // a task that is being run already continues to wait
            if (suspension != null && !woken && way != Waiting.PARK && !taken) {
                offered = true;
            }
            if (suspension != null && !same && way != Waiting.TASK) {
                watch(suspension);
            }
        } finally {
            lock.unlock();
        }
        released.forEach(Timers.runners()::execute);
    }

    /** The answer may be there: from any thread, any number of times; never blocks. */
    public void wake() {
        List<Runnable> released;
        Suspension rung = null;
        long drive;
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
            released = takeKeptBack();
            drive = drives;
            rung = way == Waiting.PARK ? current : null;
        } finally {
            lock.unlock();
        }
        released.forEach(Timers.runners()::execute);
        if (rung != null) {
            ring(drive, FIRST_REPEAT);
        }
    }

    /** Returns what the server has to do; asking for a task is a promise that {@link #take} has one. */
    public Stage stage() {
        lock.lock();
        try {
            if (current == null) {
                return Stage.NONE;
            }
            if (offered) {
                owed = true;
                return Stage.TASK;
            }
            return woken ? Stage.ANSWERED : Stage.PENDING;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the task. A server that was told of one gets one, even if the wait has ended meanwhile: some drop the turn, others
     * fail, when there is none.
     */
    public @Nullable Runnable take() {
        lock.lock();
        try {
            Suspension waited = current;
            boolean promised = owed;
            owed = false;
            if (offered && waited != null) {
                offered = false;
                taken = true;
                return () -> await(waited);
            }
            return promised ? WaitRoom::nothingLeft : null;
        } finally {
            lock.unlock();
        }
    }

    /** Runs what the server wants to run for this engine, not before the answer is there. */
    public void execute(Runnable work) {
        lock.lock();
        try {
            if (way == Waiting.DEFERRED && current != null && !woken) {
                keptBack.add(work);
                return;
            }
        } finally {
            lock.unlock();
        }
        Timers.runners().execute(work);
    }

    /** The delegated task: returns when the answer is there, the wait has ended or its deadline has passed. */
    private void await(Suspension mine) {
        Runnable asked = takeWork(mine);
        if (asked != null) {
            asked.run(); // without a lock: it may take its time, and use the engine
        }
        InterruptedException interrupt = null;
        lock.lock();
        try {
            while (current == mine && !woken && !Timers.isWorker()) {
                awaitChange(mine.deadlineNanos());
            }
        } catch (InterruptedException e) {
            interrupt = e;
        } finally {
            if (current == mine) {
                taken = false;
                // on a thread that must not wait: offered again, and kept back until the answer is there
                offered = !woken && interrupt == null;
            }
            lock.unlock();
        }
        if (interrupt != null) {
            Thread.currentThread().interrupt();
            onInterrupt.accept(interrupt);
        }
    }

    private @Nullable Runnable takeWork(Suspension mine) {
        lock.lock();
        try {
            Runnable asked = current == mine ? work : null;
            work = asked == null ? work : null;
            return asked;
        } finally {
            lock.unlock();
        }
    }

    private static void nothingLeft() {
        // the task of a wait that has ended
    }

    @SuppressWarnings("WaitNotInLoop") // the caller's loop
    private void awaitChange(OptionalLong deadlineNanos) throws InterruptedException {
        if (deadlineNanos.isEmpty()) {
            changed.await();
            return;
        }
        long left = deadlineNanos.getAsLong() - clock.getAsLong();
        if (left <= 0) {
            woken = true; // the connection gives the operation up when it is moved
        } else {
            long unused = changed.awaitNanos(left);
        }
    }

    /** Wakes the connection at its deadline where no thread waits that could. */
    private void watch(Suspension suspension) {
        OptionalLong at = suspension.deadlineNanos();
        if (at.isPresent()) {
            deadline = Timers.schedule(() -> expire(suspension), at.getAsLong() - clock.getAsLong());
        }
    }

    private void expire(Suspension suspension) {
        if (locked(() -> current == suspension)) {
            wake();
        }
    }

    /** Runs the hook, and again until the server moves the engine: a hook that comes too early is lost in some servers. */
    private void ring(long drive, long repeatNanos) {
        Runnable ringing = locked(() -> drives == drive && current != null ? hook : null);
        if (ringing == null) {
            return;
        }
        Future<?> unused = Timers.schedule(() -> ring(drive, Math.min(LAST_REPEAT, 2 * repeatNanos)), repeatNanos);
        ringing.run();
    }

    private void end() {
        current = null;
        offered = false;
        taken = false;
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        changed.signalAll();
    }

    private List<Runnable> takeKeptBack() {
        List<Runnable> all = List.copyOf(keptBack);
        keptBack.clear();
        return all;
    }

    private <T extends @Nullable Object> T locked(java.util.function.Supplier<T> read) {
        lock.lock();
        try {
            return read.get();
        } finally {
            lock.unlock();
        }
    }
}
