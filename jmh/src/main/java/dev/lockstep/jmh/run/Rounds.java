package dev.lockstep.jmh.run;

import dev.lockstep.jmh.engine.EngineKind;
import dev.lockstep.jmh.report.Figures;
import dev.lockstep.jmh.run.Measurement.Table;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
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
    /** Same work for all: JSSE alone would send a ticket as well. Netty and Conscrypt bring native code. */
    private static final String[] JVM_ARGUMENTS = {
        "-Xms1g",
        "-Xmx1g",
        "-XX:+UseParallelGC",
        "-Djdk.tls.server.enableSessionTicketExtension=false",
        "--enable-native-access=ALL-UNNAMED"
    };

    private Rounds() {}

    /** Goes through the plan once, on every JVM. */
    public static void run(List<Measurement> plan, Options options, Figures figures, int round) throws RunnerException {
        int done = 0;
        for (Measurement measurement : plan) {
            done++;
            for (String jvm : options.jvms()) {
                RunResult result = run(measurement, jvm, options.quick());
                add(measurement, result, figures);
                System.err.printf(
                        "round %d of %d, %d of %d: %s, %s, JDK %s%n",
                        round,
                        options.rounds(),
                        done,
                        plan.size(),
                        measurement.row(),
                        measurement.subject(),
                        result.getParams().getJdkVersion());
            }
        }
    }

    private static RunResult run(Measurement measurement, String jvm, boolean quick) throws RunnerException {
        boolean handshake = measurement.table() == Table.HANDSHAKE;
        int warmupMillis = handshake ? handshakeWarmupMillis(measurement.subject(), quick) : (quick ? 800 : 2000);
        int iterationMillis = handshake ? 300 : 250;
        ChainedOptionsBuilder jmh = new OptionsBuilder()
                .include("^" + measurement.benchmark().replace(".", "\\.") + "$")
                .jvm(jvm)
                .jvmArgs(JVM_ARGUMENTS)
                .forks(1)
                .warmupIterations(1)
                .warmupTime(TimeValue.milliseconds(warmupMillis))
                .measurementIterations(quick ? 3 : 6)
                .measurementTime(TimeValue.milliseconds(iterationMillis))
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
     * A handshake in Java runs through so much code that the compiler needs some 10,000 of them, and on a busy machine
     * still longer; behind JNI it is compiled already.
     */
    private static int handshakeWarmupMillis(String subject, boolean quick) {
        boolean compiled = Arrays.stream(EngineKind.values())
                .anyMatch(engine -> engine.isNative() && engine.title().equals(subject));
        return compiled ? 3000 : (quick ? 4500 : 8000);
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
                counter(best, "nanos"),
                counter(best, "bytes"));
    }

    private static double counter(IterationResult iteration, String name) {
        return iteration.getSecondaryResults().get(name).getScore();
    }
}
