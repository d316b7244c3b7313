package dev.lockstep.nio;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * What a loop has to do beside what its selector and its deadlines say: connections that were woken, tasks, and connections
 * that have more to do. Any thread may add to the first two.
 */
final class WorkQueues {

    /** The most of each kind in one turn of the loop, so that it does not starve the sockets. */
    static final int AT_ONCE = 1024;

    private final Queue<Connection> woken = new ConcurrentLinkedQueue<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Connection> unfinished = new ArrayDeque<>();

    /** Any thread, any number of times: returns whether the connection was not in the queue yet, so that the loop must be woken. */
    boolean wake(Connection connection) {
        return connection.claimWake() && woken.add(connection);
    }

    /** Adds a task, from any thread. */
    void execute(Runnable task) {
        tasks.add(Objects.requireNonNull(task, "task"));
    }

    /** The connection has more to do and has had its share of this turn. It has one more, however often this was said. */
    void continueLater(Connection connection) {
        if (!connection.unfinished) {
            connection.unfinished = true;
            unfinished.add(connection);
        }
    }

    boolean isEmpty() {
        return woken.isEmpty() && tasks.isEmpty() && unfinished.isEmpty();
    }

    /**
     * Serves a bounded share of each queue.
     *
     * @param tasksTo runs a task
     * @param afterEach runs after each of them
     */
    void serve(Consumer<Runnable> tasksTo, Runnable afterEach) {
        serve(woken, Connection::onWake, afterEach);
        serve(tasks, tasksTo, afterEach);
        for (int i = Math.min(unfinished.size(), AT_ONCE); i > 0; i--) {
            Connection next = unfinished.remove();
            next.unfinished = false;
            next.onTurn();
            afterEach.run();
        }
    }

    private static <T> void serve(Queue<T> queue, Consumer<T> action, Runnable afterEach) {
        T next;
        for (int i = 0; i < AT_ONCE && (next = queue.poll()) != null; i++) {
            action.accept(next);
            afterEach.run();
        }
    }
}
