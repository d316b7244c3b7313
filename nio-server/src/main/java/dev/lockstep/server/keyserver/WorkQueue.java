package dev.lockstep.server.keyserver;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The operations that wait for a thread, over all listeners. Peers take turns, an operation each, so that one with thousands
 * waiting delays another by a single operation of its own. Safe for any thread.
 */
public final class WorkQueue {

    private final Executor threads;

    /** By peer; the peer in front is next. No queue in it is empty. */
    private final Map<String, ArrayDeque<Runnable>> waiting = new LinkedHashMap<>();

    /**
     * An empty queue.
     *
     * @param threads run the operations, as many as they have room for; with a bound, and a {@link
     *     RejectedExecutionException} beyond it. The caller ends them, after the key servers
     */
    public WorkQueue(Executor threads) {
        this.threads = threads;
    }

    /** Adds an operation of a peer. Returns false, and does not keep it, when there is no room. */
    boolean add(String peer, Runnable work) {
        boolean accepted = false;
        // Until the threads have accepted it, none of them may take it: it would be done in the place of another one,
        // which would then wait for a thread that nothing sends.
        synchronized (waiting) {
            waiting.computeIfAbsent(peer, name -> new ArrayDeque<>()).addLast(work);
            try {
                threads.execute(this::runNext);
                accepted = true;
            } catch (RejectedExecutionException e) {
                return false;
            } finally {
                if (!accepted) {
                    removeLast(peer);
                }
            }
        }
        return true;
    }

    private void removeLast(String peer) {
        ArrayDeque<Runnable> queue = waiting.get(peer);
        if (queue != null) {
            queue.pollLast();
            if (queue.isEmpty()) {
                waiting.remove(peer);
            }
        }
    }

    private void runNext() {
        Runnable work = next();
        if (work != null) {
            work.run();
        }
    }

    private @Nullable Runnable next() {
        synchronized (waiting) {
            var first = waiting.entrySet().iterator();
            if (!first.hasNext()) {
                return null;
            }
            Map.Entry<String, ArrayDeque<Runnable>> peer = first.next();
            String name = peer.getKey();
            ArrayDeque<Runnable> queue = peer.getValue();
            first.remove();
            Runnable work = queue.removeFirst();
            if (!queue.isEmpty()) {
                waiting.put(name, queue); // behind the others
            }
            return work;
        }
    }
}
