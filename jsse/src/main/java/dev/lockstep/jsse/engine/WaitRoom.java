package dev.lockstep.jsse.engine;

import dev.lockstep.jsse.Waiting;
import dev.lockstep.tls.wait.Suspension;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the server of a suspended connection waits: it offers a task that asks managers and blocks, keeps back the server's own
 * tasks, or runs a hook. The engine tells it before and after each call of the connection; the waker of the connection is {@link
 * #wake}.
 *
 * <p>One rule says when the server moves the connection: when it was woken after the beginning of the last call that has asked
 * for the answer. A wake-up before that call was heeded by it; one during it may be about an answer that it has not seen.
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

    private final LongSupplier clock;
    private final Consumer<InterruptedException> onInterrupt;
    private final WakeHook hook = new WakeHook();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** The server's tasks, kept back until the answer is there. */
    private final List<Runnable> keptBack = new ArrayList<>();

    private Waiting way;
    private @Nullable Wait current;

    /** For the task of the wait that begins with the call of the connection under way. */
    private @Nullable Runnable work;

    private long wakes;

    /** How many of them a call has heeded. */
    private long heeded;

    /** The server was told of a task, and has not taken one yet. */
    private boolean owed;

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
        lock.lock();
        try {
            return way;
        } finally {
            lock.unlock();
        }
    }

    /** Sets what runs when a wait of the way PARK may be over, on any thread. */
    public void hook(Runnable onWake) {
        hook.set(onWake);
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

    /** A call of the connection begins. Returns how many wake-ups there were before it. */
    public long beforeDrive() {
        lock.lock();
        try {
            hook.moved();
            return wakes;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A call of the connection is over.
     *
     * @param wakesBefore how many wake-ups there were before it
     * @param suspension what it waits for, or null
     * @param asked whether it has asked for the answer: if not, an earlier wake-up is still to be heeded
     */
    public void afterDrive(long wakesBefore, @Nullable Suspension suspension, boolean asked) {
        List<Runnable> released = List.of();
        lock.lock();
        try {
            boolean another = suspension != (current == null ? null : current.suspension);
            if (another || asked) {
                heeded = wakesBefore;
            }
            if (another) {
                released = replace(suspension);
            }
            Wait wait = current;
            if (wait != null && work != null) {
                wait.work(work);
            }
            work = null;
            // a task that is being run already continues to wait
            if (wait != null && way != Waiting.PARK && wait.task == Wait.Task.NONE && !isWoken()) {
                wait.task = Wait.Task.OFFERED;
            }
        } finally {
            lock.unlock();
        }
        run(released);
    }

    private List<Runnable> replace(@Nullable Suspension suspension) {
        if (current != null) {
            current.end();
        }
        Wait next = suspension == null ? null : new Wait(suspension);
        current = next;
        if (next != null && way != Waiting.TASK) {
            watch(next);
        }
        changed.signalAll();
        return takeKeptBack();
    }

    private boolean isWoken() {
        return wakes != heeded;
    }

    /** The answer may be there: from any thread, any number of times; never blocks. */
    public void wake() {
        List<Runnable> released;
        Runnable ringing;
        lock.lock();
        try {
            wakes++;
            changed.signalAll();
            released = takeKeptBack();
            ringing = way == Waiting.PARK && current != null ? hook.ringing() : null;
        } finally {
            lock.unlock();
        }
        run(released);
        if (ringing != null) {
            ringing.run();
        }
    }

    /**
     * The server has as much input as it can hold, of a client that sends behind its Finished. A parked one would take the
     * answer that more is needed for a fault, so it gets a task after all.
     */
    public void holdsAllItCan() {
        lock.lock();
        try {
            Wait wait = current;
            if (wait != null && wait.task == Wait.Task.NONE && !isWoken()) {
                wait.task = Wait.Task.OFFERED;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns what the server has to do; asking for a task is a promise that {@link #take} has one. */
    public Stage stage() {
        lock.lock();
        try {
            if (current == null) {
                return Stage.NONE;
            }
            if (current.task == Wait.Task.OFFERED) {
                owed = true;
                return Stage.TASK;
            }
            return isWoken() ? Stage.ANSWERED : Stage.PENDING;
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
            Wait wait = current;
            boolean promised = owed;
            owed = false;
            if (wait != null && wait.task == Wait.Task.OFFERED) {
                wait.task = Wait.Task.TAKEN;
                return () -> await(wait);
            }
            return promised ? WaitRoom::nothingLeft : null;
        } finally {
            lock.unlock();
        }
    }

    private static void nothingLeft() {
        // the task of a wait that has ended
    }

    /** Runs what the server wants to run for this engine, not before the answer is there. */
    public void execute(Runnable task) {
        lock.lock();
        try {
            if (way == Waiting.DEFERRED && current != null && !isWoken()) {
                keptBack.add(task);
                return;
            }
        } finally {
            lock.unlock();
        }
        run(List.of(task));
    }

    /** The delegated task: returns when the answer is there, the wait has ended or its deadline has passed. */
    private void await(Wait mine) {
        Runnable asked = takeWork(mine);
        if (asked != null) {
            asked.run(); // without a lock: it may take its time, and use the engine
        }
        InterruptedException interrupt = null;
        lock.lock();
        try {
            while (current == mine && !isWoken() && !Timers.isWorker()) {
                awaitChange(mine.suspension.deadlineNanos());
            }
        } catch (InterruptedException e) {
            interrupt = e;
        } finally {
            // on a thread that must not wait: offered again, and kept back until the answer is there
            mine.task = isWoken() || interrupt != null ? Wait.Task.NONE : Wait.Task.OFFERED;
            lock.unlock();
        }
        if (interrupt != null) {
            Thread.currentThread().interrupt();
            onInterrupt.accept(interrupt);
        }
    }

    private @Nullable Runnable takeWork(Wait mine) {
        lock.lock();
        try {
            return current == mine ? mine.takeWork() : null;
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // the caller's loop
    private void awaitChange(OptionalLong deadlineNanos) throws InterruptedException {
        if (deadlineNanos.isEmpty()) {
            changed.await();
            return;
        }
        long left = deadlineNanos.getAsLong() - clock.getAsLong();
        if (left <= 0) {
            wakes++; // the connection gives the operation up when it is moved
        } else {
            long unused = changed.awaitNanos(left);
        }
    }

    /** Wakes the connection at its deadline where no thread waits that could. */
    private void watch(Wait wait) {
        OptionalLong at = wait.suspension.deadlineNanos();
        if (at.isPresent()) {
            wait.deadline(Timers.schedule(() -> expire(wait), at.getAsLong() - clock.getAsLong()));
        }
    }

    private void expire(Wait wait) {
        boolean waits;
        lock.lock();
        try {
            waits = current == wait;
        } finally {
            lock.unlock();
        }
        if (waits) {
            wake();
        }
    }

    private List<Runnable> takeKeptBack() {
        List<Runnable> all = List.copyOf(keptBack);
        keptBack.clear();
        return all;
    }

    private static void run(List<Runnable> tasks) {
        tasks.forEach(Timers.runners()::execute);
    }
}
