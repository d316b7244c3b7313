package dev.lockstep.jmh.slow;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The time on the clock, the server's processor time and what the one thread allocates, per handshake. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class WallMeter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Reading the process' time costs some microseconds. */
    private static final int PROCESSOR_EVERY = 64;

    private long count;
    private long processorCount;
    private long startedNanos;
    private long startedBytes;
    private long startedProcessor;
    private long lastNanos;
    private long startedThread;
    private long lastProcessor;
    private long lastThread;

    /** Forgets the last iteration. */
    @Setup(Level.Iteration)
    public void reset() {
        count = 0;
        processorCount = 0;
        startedBytes = THREADS.getCurrentThreadAllocatedBytes();
        startedProcessor = ProcessorTime.ofServer();
        startedThread = ProcessorTime.ofThread();
        startedNanos = System.nanoTime();
    }

    void count() {
        count++;
        lastNanos = System.nanoTime();
        if (count % PROCESSOR_EVERY == 0) {
            lastProcessor = ProcessorTime.ofServer();
            lastThread = ProcessorTime.ofThread();
            processorCount = count;
        }
    }

    /** Nanoseconds per handshake. */
    public double nanos() {
        return count == 0 ? Double.NaN : (double) (lastNanos - startedNanos) / count;
    }

    /** Nanoseconds of processor time that the server took per handshake, on all its threads. */
    public double processor() {
        return processorCount == 0 ? Double.NaN : (double) (lastProcessor - startedProcessor) / processorCount;
    }

    /** Nanoseconds of processor time that the server took per handshake on the one thread that drives all. */
    public double thread() {
        return processorCount == 0 ? Double.NaN : (double) (lastThread - startedThread) / processorCount;
    }

    /** Bytes allocated per handshake on the thread that drives them, by both ends. */
    public double bytes() {
        return count == 0 ? Double.NaN : (double) (THREADS.getCurrentThreadAllocatedBytes() - startedBytes) / count;
    }
}
