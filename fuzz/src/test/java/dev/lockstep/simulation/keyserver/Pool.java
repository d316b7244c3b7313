package dev.lockstep.simulation.keyserver;

import dev.lockstep.simulation.Choices;
import dev.lockstep.simulation.Loop;
import dev.lockstep.simulation.LoopWorld;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The threads of a key server, which end with it. A task begins some time after it came; while it runs, others may begin and end,
 * as on other threads, so that answers come in another order than requests.
 */
final class Pool implements Executor {

    /** How deep tasks run within each other: as many threads there are. */
    private static final int THREADS = 4;

    /** A task that waits; each is another. */
    private static final class Task {
        private final Runnable work;

        Task(Runnable work) {
            this.work = work;
        }
    }

    private final Loop time;
    private final Choices choices;
    private final int bound;
    private final Runnable afterWork;
    private final Set<Task> waiting = new LinkedHashSet<>();
    private long stalledUntil;
    private int running;
    private boolean over;

    /**
     * @param bound how many tasks may wait
     * @param afterWork runs when no task runs any more
     */
    Pool(Loop time, Choices choices, int bound, Runnable afterWork) {
        this.time = time;
        this.choices = choices;
        this.bound = bound;
        this.afterWork = afterWork;
    }

    @Override
    public void execute(Runnable work) {
        if (over || waiting.size() >= bound) {
            throw new RejectedExecutionException("too much is waiting");
        }
        Task task = new Task(work);
        waiting.add(task);
        plan(task, LoopWorld.millis(choices.below(choices.oneIn(4) ? 600 : 100)));
    }

    private void plan(Task task, long nanos) {
        time.after(nanos, () -> {
            if (over || !waiting.contains(task)) {
                return;
            }
            if (stalledUntil - time.now() > 0) {
                plan(task, stalledUntil - time.now() + LoopWorld.millis(choices.below(50)));
            } else {
                run(task);
            }
        });
    }

    private void run(Task task) {
        waiting.remove(task);
        running++;
        try {
            task.work.run();
        } finally {
            running--;
        }
        if (running == 0) {
            afterWork.run();
        }
    }

    /** What other threads do while one works. */
    void meanwhile() {
        while (running < THREADS && !waiting.isEmpty() && choices.below(3) == 0) {
            run(waiting.iterator().next());
        }
    }

    /** Nothing begins for a while. */
    void stall(long nanos) {
        stalledUntil = time.now() + nanos;
    }

    boolean isStalled() {
        return stalledUntil - time.now() > 0;
    }

    boolean isIdle() {
        return waiting.isEmpty();
    }

    /** What waits is dropped. */
    void end() {
        over = true;
        waiting.clear();
    }
}
