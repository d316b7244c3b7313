package dev.lockstep.server.keyserver;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The operations that wait for a thread, over all listeners. Peers take turns, an operation each, so that one with thousands
 * waiting delays another by a single operation of its own, and a full queue refuses the peer that has most in it, not the one
 * that comes then. Safe for any thread.
 */
public final class WorkQueue {

    /** An operation that may lose its place to one of another peer. */
    interface Work extends Runnable {

        /** Ends the operation without {@link #run}: there is no room for it any more. Any thread. */
        void reject();
    }

    private final Executor threads;

    /** By peer; the peer in front is next. No queue in it is empty. */
    private final Map<String, ArrayDeque<Work>> waiting = new LinkedHashMap<>();

    /**
     * An empty queue.
     *
     * @param threads run the operations, as many as they have room for; with a bound, and a {@link
     *     RejectedExecutionException} beyond it. The caller ends them, after the key servers
     */
    public WorkQueue(Executor threads) {
        this.threads = threads;
    }

    /**
     * Adds an operation of a peer. If there is no room, the newest operation of the peer with the longest queue is rejected in
     * its favour; if no queue is longer than that of this peer, returns false and does not keep it.
     */
    boolean add(String peer, Work work) {
        boolean accepted = false;
        Work displaced = null;
        // Until the threads have accepted it, none of them may take it: it would be done in the place of another one,
        // which would then wait for a thread that nothing sends.
        synchronized (waiting) {
            waiting.computeIfAbsent(peer, name -> new ArrayDeque<>()).addLast(work);
            try {
                threads.execute(this::runNext);
                accepted = true;
            } catch (RejectedExecutionException e) {
                String longest = longest();
                if (length(longest) > length(peer)) {
                    displaced = removeLast(longest); // and the thread that was to come for it comes for the new one
                    accepted = true;
                }
            } finally {
                if (!accepted) {
                    removeLast(peer);
                }
            }
        }
        if (displaced != null) {
            displaced.reject();
        }
        return accepted;
    }

    /** The peer with most operations. */
    private String longest() {
        String longest = "";
        for (Map.Entry<String, ArrayDeque<Work>> each : waiting.entrySet()) {
            if (each.getValue().size() > length(longest)) {
                longest = each.getKey();
            }
        }
        return longest;
    }

    private int length(String peer) {
        ArrayDeque<Work> queue = waiting.get(peer);
        return queue == null ? 0 : queue.size();
    }

    private @Nullable Work removeLast(String peer) {
        ArrayDeque<Work> queue = waiting.get(peer);
        if (queue == null) {
            return null;
        }
        Work last = queue.pollLast();
        if (queue.isEmpty()) {
            waiting.remove(peer);
        }
        return last;
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
            Map.Entry<String, ArrayDeque<Work>> peer = first.next();
            String name = peer.getKey();
            ArrayDeque<Work> queue = peer.getValue();
            first.remove();
            Runnable work = queue.removeFirst();
            if (!queue.isEmpty()) {
                waiting.put(name, queue); // behind the others
            }
            return work;
        }
    }
}
