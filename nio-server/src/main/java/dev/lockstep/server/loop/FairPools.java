package dev.lockstep.server.loop;

import dev.lockstep.keys.WorkerPools;
import dev.lockstep.server.UsageError;
import java.net.InetAddress;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The thread pools of a server: what strangers queue there is bounded, and what is refused is said. */
public final class FairPools {

    /** What may wait: with RSA-4096 keys, some five seconds of work on two cores. */
    private static final int QUEUED = 1024;

    private static final int QUEUED_PER_CLIENT = 256;

    private FairPools() {}

    /**
     * Returns a pool whose threads are daemons.
     *
     * @param full receives a line for each refusal, on any thread
     * @param what waits there, in the plural, for the line that says what was refused
     */
    public static ThreadPoolExecutor of(Consumer<String> full, int threads, String what) {
        Consumer<@Nullable InetAddress> refused = client -> full.accept(UsageError.oneLine("refused: a handshake"
                + (client == null ? "" : " of " + client.getHostAddress()) + ", because too many " + what + " wait"));
        return WorkerPools.fairPool(threads, QUEUED, QUEUED_PER_CLIENT, refused);
    }
}
