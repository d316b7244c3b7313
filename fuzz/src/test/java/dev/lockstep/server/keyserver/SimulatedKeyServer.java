package dev.lockstep.server.keyserver;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.server.audit.KeyUseLog;
import dev.lockstep.server.keyserver.listener.ClientListener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A whole key server in simulated time, with a loop for each listener; their rounds are for others to run. */
public final class SimulatedKeyServer {

    /** The loop of a listener. */
    public record Rounds(KeyServer server) {

        /** Runs one round. */
        public void run() throws IOException {
            server.round();
        }

        /** Whether the next round waits for nothing. */
        public boolean haveWork() {
            return server.hasWork();
        }
    }

    private final List<KeyServer> servers = new ArrayList<>();

    /** Listens. The loops share all but the listeners, as those of the program; the other parameters are those of {@link KeyServer}. */
    public SimulatedKeyServer(
            List<? extends ClientListener> listeners,
            Supplier<Map<KeyId, ServedKey>> keys,
            KeyServerLimits limits,
            Executor threads,
            KeyUseLog log,
            Consumer<String> warnings,
            LongSupplier clock)
            throws IOException {
        HolderQueues work = HolderQueues.of(new WorkQueue(threads));
        UsageLog usage = UsageLog.to(log, warnings, clock);
        for (ClientListener listener : listeners) {
            KeyServer server = new KeyServer(listener, keys, limits, work, usage, warnings, clock);
            server.begin();
            servers.add(server);
        }
    }

    /** Returns the loop of a listener. */
    public Rounds rounds(int listener) {
        return new Rounds(servers.get(listener));
    }

    /** Closes connections and listeners. */
    public void end() throws IOException {
        for (KeyServer server : servers) {
            server.end();
        }
    }

    /** Returns how many requests had no answer after the last rounds. */
    public int openRequests() {
        return servers.stream().mapToInt(KeyServer::openRequests).sum();
    }
}
