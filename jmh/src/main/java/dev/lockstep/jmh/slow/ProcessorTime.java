package dev.lockstep.jmh.slow;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;

/**
 * Processor time without the client's and without the key's own, which is a device's or another machine's: what is left is
 * the server's.
 */
final class ProcessorTime {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static final LongAdder CLIENT = new LongAdder();
    private static final LongAdder KEY = new LongAdder();

    private ProcessorTime() {}

    /** What the client does, on the thread that drives both ends. */
    static <T> T ofClient(Callable<T> work) throws Exception {
        return counted(work, CLIENT);
    }

    /** What the key does, on any thread. */
    static <T> T ofKey(Callable<T> work) throws Exception {
        return counted(work, KEY);
    }

    private static <T> T counted(Callable<T> work, LongAdder sum) throws Exception {
        long begun = THREADS.getCurrentThreadCpuTime();
        try {
            return work.call();
        } finally {
            sum.add(THREADS.getCurrentThreadCpuTime() - begun);
        }
    }

    /** Nanoseconds of the server on all threads since the process began, with those of the garbage collector and compiler. */
    static long ofServer() {
        return PROCESS.getProcessCpuTime() - CLIENT.sum() - KEY.sum();
    }

    /** Nanoseconds of the server on the thread that drives both ends, which calls this. */
    static long ofThread() {
        return THREADS.getCurrentThreadCpuTime() - CLIENT.sum();
    }
}
