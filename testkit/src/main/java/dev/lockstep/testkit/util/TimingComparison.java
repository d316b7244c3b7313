package dev.lockstep.testkit.util;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Tells whether an operation takes longer for one class of secrets than for another: Welch's t of the running times, as
 * dudect computes it (Reparaz, Balasch, Verbauwhede 2017). The classes come in random order, so whatever else the machine
 * does falls on both alike; the slowest tenth of all samples, interrupts and collections of garbage, is left out. Before,
 * as many samples as it takes until the compiler has come to rest warm up, since code that is not compiled to the end counts its
 * branches. For one thread.
 */
public final class TimingComparison {

    /** What is compared. */
    public interface Subject {
        /** Makes the secrets of a sample; {@code second} says of which class. Both classes do the same work here. */
        void prepare(boolean second) throws Exception;

        /** The operation that is measured. */
        void run() throws Exception;
    }

    private static final double KEPT = 0.9;
    private static final double SUSPICIOUS = 10;

    /** Half of the samples each, or what the compiler needs at most. */
    private static final int MOST_ROUNDS = 8;

    private static final int LONGEST_ROUND = 50_000;

    private TimingComparison() {}

    /**
     * Measures, and prints a line for the record. {@code -Dlockstep.timing=1000000} sets the number of
     * samples; the few that are taken otherwise find what is grave, and no more than chance permits.
     *
     * @param what the operation and the classes that are compared, for people
     * @param few how many samples are taken without the property
     * @return t without its sign: beyond 10, the difference is no accident
     */
    public static double compare(String what, int few, Subject subject) throws Exception {
        return measure(what, few, subject).t();
    }

    /** Measures what must be found, once: for controls. */
    public static double control(String what, int few, Subject subject) throws Exception {
        return reported(what, difference(samples(few), what.hashCode(), subject), samples(few))
                .t();
    }

    /** As {@link #compare}, with the size of the difference. */
    public static Difference measure(String what, int few, Subject subject) throws Exception {
        int samples = samples(few);
        Difference found = difference(samples, what.hashCode(), subject);
        if (samples == few && Math.abs(found.t()) > SUSPICIOUS) {
            // Few samples may end before the compiler does. What is real is there the second time as well.
            Difference again = difference(samples, what.hashCode(), subject);
            found = Math.abs(again.t()) < Math.abs(found.t()) ? again : found;
        }
        return reported(what, found, samples);
    }

    private static int samples(int few) {
        return Integer.getInteger("lockstep.timing", few);
    }

    private static Difference reported(String what, Difference found, int samples) {
        System.out.printf(
                Locale.ROOT, "timing, %s: t = %.2f, %.1f ns, of %d samples%n", what, found.t(), found.nanos(), samples);
        return new Difference(Math.abs(found.t()), Math.abs(found.nanos()));
    }

    /**
     * By what the second class differs from the first.
     *
     * @param t Welch's
     * @param nanos between the means, in nanoseconds
     */
    public record Difference(double t, double nanos) {}

    /**
     * Measures.
     *
     * @param samples of both classes together, at least 100
     * @param seed of the order of the classes
     */
    private static Difference difference(int samples, long seed, Subject subject) throws Exception {
        Random random = new Random(seed);
        double[] times = new double[samples];
        boolean[] seconds = new boolean[samples];
        warmUp(times, seconds, random, subject);
        measure(times, seconds, samples, random, subject);
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        double longest = sorted[(int) (KEPT * (samples - 1))];
        return welch(times, seconds, longest);
    }

    private static void warmUp(double[] times, boolean[] seconds, Random random, Subject subject) throws Exception {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        long before = -1;
        long spent = compiler.getTotalCompilationTime();
        for (int round = 0; round < MOST_ROUNDS && spent > before; round++) {
            measure(times, seconds, Math.min(times.length / 2, LONGEST_ROUND), random, subject);
            before = spent;
            spent = compiler.getTotalCompilationTime();
        }
    }

    private static void measure(double[] times, boolean[] seconds, int samples, Random random, Subject subject)
            throws Exception {
        for (int i = 0; i < samples; i++) {
            boolean second = random.nextBoolean();
            subject.prepare(second);
            long begin = System.nanoTime();
            subject.run();
            long end = System.nanoTime();
            times[i] = end - begin;
            seconds[i] = second;
        }
    }

    private static Difference welch(double[] times, boolean[] seconds, double longest) {
        double[] count = new double[2];
        double[] mean = new double[2];
        double[] squares = new double[2];
        for (int i = 0; i < times.length; i++) {
            if (times[i] <= longest) {
                int of = seconds[i] ? 1 : 0;
                count[of]++;
                double delta = times[i] - mean[of];
                mean[of] += delta / count[of];
                squares[of] += delta * (times[i] - mean[of]);
            }
        }
        double error = squares[0] / (count[0] - 1) / count[0] + squares[1] / (count[1] - 1) / count[1];
        double nanos = mean[1] - mean[0];
        return new Difference(error == 0 ? 0 : nanos / Math.sqrt(error), nanos);
    }
}
