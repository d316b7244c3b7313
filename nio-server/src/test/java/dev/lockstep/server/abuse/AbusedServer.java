package dev.lockstep.server.abuse;

import dev.lockstep.server.Spawned;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code serve} in a process of its own with 256 MB of heap: whether it stands, and what it holds. */
final class AbusedServer implements AutoCloseable {

    private final Spawned process;
    final int port;

    private AbusedServer(Spawned process) throws InterruptedException {
        this.process = process;
        this.port = process.port();
    }

    static AbusedServer start(String... args) throws Exception {
        return new AbusedServer(Spawned.start(Map.of(), List.of(), args));
    }

    boolean isUp() {
        return process.handle().isAlive();
    }

    String printed() {
        return process.printed();
    }

    int descriptors() throws IOException {
        return ProcessFigures.descriptors(process.pid());
    }

    /** Bytes of the heap in use after a collection. */
    long heap() throws IOException, InterruptedException {
        return ProcessFigures.heap(process.pid());
    }

    @Override
    public void close() {
        process.close();
    }
}
