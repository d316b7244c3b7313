package dev.lockstep.nio;

import java.io.IOException;
import java.util.function.LongSupplier;

/** A {@link TlsLoop} in simulated time. */
public final class SimulatedLoop {

    private SimulatedLoop() {}

    /** Builds a loop that lives by {@code clock}. */
    public static TlsLoop of(TlsLoopBuilder builder, LongSupplier clock) throws IOException {
        return builder.nanoTime(clock).build();
    }

    /** Returns how many buffers the loop's connections have taken from the pool. */
    public static int lentBuffers(TlsLoop loop) {
        return loop.buffers().lent();
    }
}
