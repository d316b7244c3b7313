package dev.lockstep.server.keyserver;

import org.jspecify.annotations.Nullable;

/**
 * The queues of what holds keys, each with threads of its own: a token that hangs keeps its threads, and leaves those of the keys
 * that are in this process. Safe for any thread.
 *
 * @param process is for the keys in this process, and for requests whose key there is not
 * @param token is for the keys in a token
 */
public record HolderQueues(WorkQueue process, WorkQueue token) {

    /** One queue for all keys. */
    public static HolderQueues of(WorkQueue all) {
        return new HolderQueues(all, all);
    }

    WorkQueue queueOf(@Nullable ServedKey key) {
        return key != null && key.isInToken() ? token : process;
    }
}
