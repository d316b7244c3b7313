package dev.lockstep.jmh.bench;

import com.sun.management.ThreadMXBean;
import dev.lockstep.jmh.engine.Connection;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Counts what the server alone costs: nanoseconds and allocated bytes between {@link #start} and {@link #stop}, summed up
 * to one sample per invocation. An iteration's figure is the median of its samples.
 *
 * <p>The nanoseconds are the thread's processor time: nothing here waits for anything, so on an idle machine that is the
 * time on the clock, and on a busy one it is the time without the others'. Reading it takes a fraction of a microsecond,
 * the smallest sample some fifty.
 */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Meter implements Connection.Watch {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private double[] nanosSamples = new double[1 << 12];
    private double[] bytesSamples = new double[1 << 12];
    private int count;
    private long nanosSoFar;
    private long bytesSoFar;
    private long startedNanos;
    private long startedBytes;

    /** Forgets the last iteration. */
    @Setup(Level.Iteration)
    public void reset() {
        count = 0;
        nanosSoFar = 0;
        bytesSoFar = 0;
    }

    @Override
    public void start() {
        startedBytes = THREADS.getCurrentThreadAllocatedBytes();
        startedNanos = THREADS.getCurrentThreadCpuTime();
    }

    @Override
    public void stop() {
        long now = THREADS.getCurrentThreadCpuTime();
        nanosSoFar += now - startedNanos;
        bytesSoFar += THREADS.getCurrentThreadAllocatedBytes() - startedBytes;
    }

    /** Ends a sample that covers {@code operations} operations. */
    public void sample(int operations) {
        sample((double) nanosSoFar / operations, (double) bytesSoFar / operations);
        nanosSoFar = 0;
        bytesSoFar = 0;
    }

    /** Adds what was measured elsewhere. */
    public void sample(double nanos, double bytes) {
        if (count == nanosSamples.length) {
            nanosSamples = Arrays.copyOf(nanosSamples, 2 * count);
            bytesSamples = Arrays.copyOf(bytesSamples, 2 * count);
        }
        nanosSamples[count] = nanos;
        bytesSamples[count] = bytes;
        count++;
    }

    /** Median nanoseconds per operation in this iteration. */
    public double nanos() {
        return median(nanosSamples, count);
    }

    /** Median bytes allocated per operation in this iteration. */
    public double bytes() {
        return median(bytesSamples, count);
    }

    private static double median(double[] samples, int count) {
        double[] sorted = Arrays.copyOf(samples, count);
        Arrays.sort(sorted);
        return count == 0 ? Double.NaN : sorted[count / 2];
    }
}
