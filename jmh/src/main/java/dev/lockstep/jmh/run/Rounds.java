package dev.lockstep.jmh.run;

import dev.lockstep.jmh.engine.EngineKind;
import dev.lockstep.jmh.engine.Resumption;
import dev.lockstep.jmh.report.Figures;
import dev.lockstep.jmh.report.Figures.Sample;
import dev.lockstep.jmh.run.Measurement.Table;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the plan through JMH, each measurement in a JVM of its own. */
public final class Rounds {
    /** Netty and Conscrypt bring native code; ten thousand handshakes in flight need the room. */
    private static final List<String> JVM_ARGUMENTS =
            List.of("-Xms1g", "-Xmx3g", "-XX:+UseParallelGC", "--enable-native-access=ALL-UNNAMED");

    /** Only the garbage collector gives Conscrypt's native objects back, of which there are not enough for a longer time. */
    private static final String OFTEN_COLLECTED = "-Xmn16m";

    private static final int SLOW_MILLIS = 4000;
    private static final int HANDSHAKES_PER_MILLI = 2;

    private Rounds() {}

    /**
     * Goes through the plan once, on every JVM. A measurement that fails leaves its place in the tables empty.
     *
     * @return how many failed
     */
    public static int run(List<Measurement> plan, Options options, Figures figures, int round) {
        int done = 0;
        int failed = 0;
        for (Measurement measurement : plan) {
            done++;
            for (String jvm : options.jvms()) {
                String outcome;
                try {
                    RunResult result = run(measurement, jvm, options.quick());
                    add(measurement, result, figures);
                    outcome = "JDK " + result.getParams().getJdkVersion();
                } catch (RunnerException e) {
                    failed++;
                    outcome = "failed: " + root(e);
                }
                System.err.printf(
                        Locale.ROOT,
                        "round %d of %d, %d of %d: %s, %s, %s%n",
                        round,
                        options.rounds(),
                        done,
                        plan.size(),
                        measurement.row(),
                        measurement.subject(),
                        outcome);
            }
        }
        return failed;
    }

    /** JMH keeps what its forks threw as suppressed exceptions of a cause. */
    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null || root.getSuppressed().length > 0) {
            root = root.getCause() != null ? root.getCause() : root.getSuppressed()[0];
        }
        return root;
    }

    private static RunResult run(Measurement measurement, String jvm, boolean quick) throws RunnerException {
        boolean slow = measurement.table() == Table.SLOW_KEY;
        ChainedOptionsBuilder jmh = new OptionsBuilder()
                .include("^" + measurement.benchmark().replace(".", "\\.") + "$")
                .jvm(jvm)
                .jvmArgs(jvmArguments(measurement))
                .forks(1)
                .warmupIterations(1)
                .warmupTime(TimeValue.milliseconds(warmupMillis(measurement, quick)))
                .measurementIterations(slow ? 1 : (quick ? 3 : 6))
                .measurementTime(TimeValue.milliseconds(millis(measurement)))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        measurement.parameters().forEach(jmh::param);
        // What the forks print is the runtime's advice on native code and JMH's own use of Unsafe; failures come as
        // exceptions.
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new Runner(jmh.build(), OutputFormatFactory.createFormatInstance(nowhere, VerboseMode.SILENT))
                .runSingle();
    }

    /**
     * The same work for all: JSSE alone would send a ticket where nothing is resumed, and no client takes one where sessions
     * are resumed by their ID.
     */
    private static String[] jvmArguments(Measurement measurement) {
        boolean tickets =
                Resumption.BY_TICKET.name().equals(measurement.parameters().get("resumption"));
        List<String> arguments = new ArrayList<>(JVM_ARGUMENTS);
        if (measurement.subject().equals(EngineKind.CONSCRYPT.title())) {
            arguments.add(OFTEN_COLLECTED);
        }
        for (String end : List.of("client", "server")) {
            arguments.add("-Djdk.tls." + end + ".enableSessionTicketExtension=" + tickets);
        }
        return arguments.toArray(new String[0]);
    }

    /**
     * A handshake in Java runs through so much code that the compiler needs some 10,000 of them, and on a busy machine
     * still longer; behind JNI it is compiled already. A resumed one is short, and reaches its speed after 40,000. With a slow
     * key there are that many only after a while, whatever the server is, since the client is in it too.
     */
    private static int warmupMillis(Measurement measurement, boolean quick) {
        return switch (measurement.table()) {
            case HANDSHAKE -> isNative(measurement.subject()) ? 3000 : (quick ? 4500 : 8000);
            case RESUMED, GROWTH -> quick ? 4500 : 8000;
            case THREADS -> quick ? 4500 : 40_000; // both ends in Java, and the threads leave the compiler no processor
            case SLOW_KEY -> (quick ? 5000 : 10_000) + millisForAll(measurement);
            default -> quick ? 800 : 2000;
        };
    }

    private static int millis(Measurement measurement) {
        return switch (measurement.table()) {
            case SLOW_KEY -> SLOW_MILLIS + 2 * millisForAll(measurement);
            case RECORD, DIRECT, CHACHA20, CBC -> 250;
            case THREADS -> 2000;
            default -> 300;
        };
    }

    /** How long it takes until each of the handshakes in flight has been replaced: in a part of that time anything can seem fast. */
    private static int millisForAll(Measurement measurement) {
        return Integer.parseInt(measurement.parameters().getOrDefault("inFlight", "0")) / HANDSHAKES_PER_MILLI;
    }

    private static boolean isNative(String subject) {
        return Arrays.stream(EngineKind.values())
                .anyMatch(engine -> engine.isNative() && engine.title().equals(subject));
    }

    /** A fork's figure is the lowest of its iterations' medians: the one that other programs disturbed least. */
    private static void add(Measurement measurement, RunResult result, Figures figures) {
        IterationResult best = result.getBenchmarkResults().stream()
                .map(BenchmarkResult::getIterationResults)
                .flatMap(Collection::stream)
                .min(Comparator.comparingDouble(i -> counter(i, "nanos")))
                .orElseThrow();
        figures.add(
                measurement,
                result.getParams().getJdkVersion(),
                result.getParams().getVmName(),
                new Sample(
                        counter(best, "nanos"),
                        counter(best, "bytes"),
                        ofSlowKey(best, "thread"),
                        ofSlowKey(best, "processor")));
    }

    private static double counter(IterationResult iteration, String name) {
        return iteration.getSecondaryResults().get(name).getScore();
    }

    private static double ofSlowKey(IterationResult iteration, String name) {
        Result<?> result = iteration.getSecondaryResults().get(name);
        return result == null ? Double.NaN : result.getScore();
    }
}
