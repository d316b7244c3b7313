package dev.lockstep.jmh.slow;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The time on the clock and what the one thread allocates, per handshake: others work for it, so that its own share says little. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class WallMeter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private long count;
    private long startedNanos;
    private long startedBytes;
    private long lastNanos;

    /** Forgets the last iteration. */
    @Setup(Level.Iteration)
    public void reset() {
        count = 0;
        startedBytes = THREADS.getCurrentThreadAllocatedBytes();
        startedNanos = System.nanoTime();
    }

    void count() {
        count++;
        lastNanos = System.nanoTime();
    }

    /** Nanoseconds per handshake. */
    public double nanos() {
        return count == 0 ? Double.NaN : (double) (lastNanos - startedNanos) / count;
    }

    /** Bytes allocated per handshake on the thread that drives them, by both ends. */
    public double bytes() {
        return count == 0 ? Double.NaN : (double) (THREADS.getCurrentThreadAllocatedBytes() - startedBytes) / count;
    }
}
