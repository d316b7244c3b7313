package dev.lockstep.server.ops;

import dev.lockstep.nio.TlsLoops;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;

/**
 * How a server ends when SIGTERM or SIGINT arrives: it drains. The second signal ends the process immediately, with the
 * status that a shell reports for it.
 */
public final class Shutdown implements AutoCloseable {

    private static final int OF_SIGNAL = 128;

    private final Operations operations;
    private final TlsLoops loops;
    private final Signals terminate;
    private final Signals interrupt;

    private Shutdown(Operations operations, TlsLoops loops) {
        this.operations = operations;
        this.loops = loops;
        this.terminate = Signals.handle("TERM", () -> onSignal("SIGTERM", OF_SIGNAL + 15));
        this.interrupt = Signals.handle("INT", () -> onSignal("SIGINT", OF_SIGNAL + 2));
    }

    /** Handles the signals until the result is closed. */
    public static Shutdown of(Operations operations, TlsLoops loops) {
        return new Shutdown(operations, loops);
    }

    private void onSignal(String name, int status) {
        if (!operations.draining().compareAndSet(false, true)) {
            Runtime.getRuntime().halt(status);
            return;
        }
        try {
            operations.log().log(LogEvent.of(
                            EventType.DRAINING, "no connections are accepted any more, what is under way is finished")
                    .with("signal", name)
                    .with("limitSeconds", operations.drain().toMillis() / 1000.0));
        } finally {
            loops.drain(operations.drain()); // a log that fails must not keep the server from ending
        }
    }

    @Override
    public void close() {
        terminate.close();
        interrupt.close();
    }
}
