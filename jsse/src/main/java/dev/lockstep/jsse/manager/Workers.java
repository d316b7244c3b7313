package dev.lockstep.jsse.manager;

import dev.lockstep.keys.WorkerPools;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * The threads on which keys of other providers, trust managers and key managers block, one pool for each kind: a responder that
 * hangs must not occupy the threads of the keys. Shared by all contexts of this process; idle threads end.
 */
final class Workers {

    private static final int THREADS = 16;
    private static final int QUEUED = 4_000;
    private static final int PER_CLIENT = 400;

    private Workers() {}

    private static final class Keys {
        static final ThreadPoolExecutor POOL = pool();
    }

    private static final class Trust {
        static final ThreadPoolExecutor POOL = pool();
    }

    private static final class Managers {
        static final ThreadPoolExecutor POOL = pool();
    }

    private static ThreadPoolExecutor pool() {
        ThreadPoolExecutor pool = WorkerPools.fairPool(THREADS, QUEUED, PER_CLIENT, client -> {});
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    static ThreadPoolExecutor keys() {
        return Keys.POOL;
    }

    static ThreadPoolExecutor trust() {
        return Trust.POOL;
    }

    static ThreadPoolExecutor managers() {
        return Managers.POOL;
    }
}
