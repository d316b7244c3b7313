package dev.lockstep.server.keyserver;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.server.audit.KeyUseLog;
import dev.lockstep.server.keyserver.listener.ClientListener;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A whole {@link KeyServer} in simulated time, whose rounds are for others to run. */
public final class SimulatedKeyServer {

    private final KeyServer server;

    /** Listens; the parameters are those of {@link KeyServer}. */
    public SimulatedKeyServer(
            ClientListener listener,
            Supplier<Map<KeyId, ServedKey>> keys,
            KeyServerLimits limits,
            Executor threads,
            KeyUseLog log,
            Consumer<String> warnings,
            LongSupplier clock)
            throws IOException {
        UsageLog usage = UsageLog.to(log, warnings, clock);
        server = new KeyServer(listener, keys, limits, new WorkQueue(threads), usage, warnings, clock);
        server.begin();
    }

    /** One round of its loop. */
    public void round() throws IOException {
        server.round();
    }

    /** Closes its connections and its listener. */
    public void end() throws IOException {
        server.end();
    }

    /** Returns how many requests had no answer after the last round. */
    public int openRequests() {
        return server.openRequests();
    }
}
