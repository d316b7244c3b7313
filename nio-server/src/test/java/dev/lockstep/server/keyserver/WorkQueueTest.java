package dev.lockstep.server.keyserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Who is served next. */
class WorkQueueTest {

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<String> done = Collections.synchronizedList(new ArrayList<>());
    private final List<String> rejected = new ArrayList<>();

    private boolean add(WorkQueue queue, String peer, String what) {
        return queue.add(peer, new WorkQueue.Work() {
            @Override
            public void run() {
                done.add(what);
            }

            @Override
            public void reject() {
                rejected.add(what);
            }
        });
    }

    private void runAll() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void aPeerWithThousandsWaitingDelaysAnotherByOneOperation() {
        WorkQueue queue = new WorkQueue(tasks::add);
        for (int i = 0; i < 5_000; i++) {
            add(queue, "busy", "busy " + i);
        }
        add(queue, "other", "other 0");
        add(queue, "third", "third 0");
        add(queue, "other", "other 1");
        runAll();
        assertThat(done).hasSize(5_003);
        assertThat(done.subList(0, 6)).containsExactly("busy 0", "other 0", "third 0", "busy 1", "other 1", "busy 2");
        assertThat(done.get(5_002)).isEqualTo("busy 4999");
    }

    @Test
    void whatThereIsNoRoomForIsNotKept() {
        WorkQueue queue = new WorkQueue(task -> {
            if (tasks.size() == 2) {
                throw new RejectedExecutionException("full");
            }
            tasks.add(task);
        });
        assertThat(add(queue, "a", "a 0")).isTrue();
        assertThat(add(queue, "a", "a 1")).isTrue();
        assertThat(add(queue, "a", "a 2")).isFalse();
        runAll();
        assertThat(done).containsExactly("a 0", "a 1");
        assertThat(rejected).isEmpty(); // its caller knows
    }

    @Test
    void aFullQueueRejectsTheNewestOperationsOfThePeersThatFloodIt() {
        WorkQueue queue = new WorkQueue(task -> {
            if (tasks.size() == 6) {
                throw new RejectedExecutionException("full");
            }
            tasks.add(task);
        });
        for (int i = 0; i < 4; i++) {
            add(queue, "first", "first " + i);
        }
        add(queue, "second", "second 0");
        add(queue, "second", "second 1");
        assertThat(add(queue, "honest", "honest 0")).isTrue();
        assertThat(rejected).containsExactly("first 3");
        assertThat(add(queue, "second", "second 2")).isFalse(); // no queue would be longer
        assertThat(add(queue, "honest", "honest 1")).isTrue();
        assertThat(add(queue, "honest", "honest 2")).isFalse();
        runAll();
        assertThat(done).containsExactly("first 0", "second 0", "honest 0", "first 1", "second 1", "honest 1");
        assertThat(rejected).containsExactly("first 3", "first 2");
    }

    /** Two threads become free just when a third operation is refused: each of them has to find one of its own. */
    @Test
    void whatIsRefusedTakesNoThreadFromWhatWasAccepted() throws Exception {
        List<Thread> threads = new ArrayList<>();
        WorkQueue queue = new WorkQueue(task -> {
            if (tasks.size() < 3) {
                tasks.add(task);
                return;
            }
            for (int i = 0; i < 2; i++) {
                threads.add(runAside(tasks.remove()));
            }
            throw new RejectedExecutionException("full");
        });
        for (int i = 0; i < 3; i++) {
            add(queue, "busy", "busy " + i);
        }
        boolean accepted = add(queue, "busy", "busy 3");
        for (Thread thread : threads) {
            thread.join();
        }
        runAll();
        assertThat(accepted).isFalse();
        assertThat(done).containsExactlyInAnyOrder("busy 0", "busy 1", "busy 2");
    }

    /** Returns when the task is done, or waits for the one that adds. */
    private static Thread runAside(Runnable task) {
        Thread thread = new Thread(task);
        thread.start();
        while (thread.isAlive() && thread.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
        }
        return thread;
    }
}
