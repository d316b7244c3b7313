package dev.lockstep.jmh.run;

import dev.lockstep.jmh.bench.HandshakeBenchmark;
import dev.lockstep.jmh.bench.HandshakeFloorBenchmark;
import dev.lockstep.jmh.bench.RecordBenchmark;
import dev.lockstep.jmh.bench.RecordSubject;
import dev.lockstep.jmh.bench.ResumptionBenchmark;
import dev.lockstep.jmh.bench.ThreadsBenchmark;
import dev.lockstep.jmh.engine.EngineKind;
import dev.lockstep.jmh.engine.Resumption;
import dev.lockstep.jmh.engine.Scenario;
import dev.lockstep.jmh.growth.Growing;
import dev.lockstep.jmh.growth.GrowthBenchmark;
import dev.lockstep.jmh.run.Measurement.Table;
import dev.lockstep.jmh.slow.SlowKeyBenchmark;
import dev.lockstep.jmh.slow.SlowKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The order of measurements: all engines of a row after one another, so that the machine's mood is the same for them. */
public final class Plan {
    /** Name of the handshake's floor. */
    public static final String PRIMITIVES = "primitives";

    private static final int[] IN_FLIGHT = {16, 256, 10_000, 50_000};
    /** The other numbers show that Lockstep's figure does not change with them. */
    private static final Set<Integer> COMPARED = Set.of(256, 10_000);

    private static final int[] SIZES = {1 << 14, 1 << 10, 100};
    private static final List<String> DIRECTIONS = List.of("write", "read");

    private Plan() {}

    /** Everything that {@code options} ask for. */
    public static List<Measurement> of(Options options) {
        List<Measurement> all = new ArrayList<>();
        boolean quick = options.quick();
        for (Scenario scenario : Scenario.HANDSHAKES) {
            addHandshakes(all, scenario, quick);
        }
        for (Resumption resumption : List.of(Resumption.BY_ID, Resumption.BY_TICKET)) {
            addResumptions(all, resumption, quick);
        }
        if (!quick) {
            List.of(Resumption.values()).forEach(resumption -> addThreads(all, resumption));
        }
        for (int inFlight : IN_FLIGHT) {
            addSlowKeys(all, inFlight, quick);
        }
        for (Growing growing : Growing.values()) {
            addGrowth(all, growing, quick);
        }
        for (int size : SIZES) {
            addRecords(all, Table.RECORD, Scenario.ECDHE_ECDSA_X25519, size, quick);
        }
        addRecords(all, Table.DIRECT, Scenario.ECDHE_ECDSA_X25519, SIZES[0], quick);
        for (int size : SIZES) {
            addRecords(all, Table.CHACHA20, Scenario.CHACHA20_POLY1305, size, quick);
        }
        for (int size : SIZES) {
            addRecords(all, Table.CBC, Scenario.AES_128_CBC_SHA256, size, quick);
        }
        all.removeIf(m -> !m.name().contains(options.only()));
        return List.copyOf(all);
    }

    private static void addHandshakes(List<Measurement> all, Scenario scenario, boolean quick) {
        for (EngineKind engine : engines(quick)) {
            if (engine.takes(scenario)) {
                all.add(new Measurement(
                        Table.HANDSHAKE,
                        scenario.title(),
                        engine.title(),
                        HandshakeBenchmark.class.getName() + ".handshake",
                        Map.of("engine", engine.name(), "scenario", scenario.name())));
            }
        }
        all.add(new Measurement(
                Table.HANDSHAKE,
                scenario.title(),
                PRIMITIVES,
                HandshakeFloorBenchmark.class.getName() + ".primitives",
                Map.of("scenario", scenario.name())));
    }

    private static void addResumptions(List<Measurement> all, Resumption resumption, boolean quick) {
        for (EngineKind engine : engines(quick)) {
            if (engine.resumes()) {
                all.add(new Measurement(
                        Table.RESUMED,
                        resumption.title(),
                        engine.title(),
                        ResumptionBenchmark.class.getName() + ".resume",
                        Map.of("engine", engine.name(), "resumption", resumption.name())));
            }
        }
    }

    /** From one thread to as many as there are processors, doubled each time. */
    private static void addThreads(List<Measurement> all, Resumption resumption) {
        for (EngineKind engine : List.of(EngineKind.LOCKSTEP, EngineKind.JSSE)) {
            for (int threads = 1; threads <= Runtime.getRuntime().availableProcessors(); threads *= 2) {
                all.add(new Measurement(
                        Table.THREADS,
                        engine.title() + ", " + resumption.title(),
                        String.valueOf(threads),
                        ThreadsBenchmark.class.getName() + ".handshakes",
                        Map.of(
                                "engine",
                                engine.name(),
                                "resumption",
                                resumption.name(),
                                "threads",
                                String.valueOf(threads))));
            }
        }
    }

    private static void addSlowKeys(List<Measurement> all, int inFlight, boolean quick) {
        for (SlowKind kind : SlowKind.values()) {
            if (kind.isAvailable()
                    && inFlight <= kind.mostInFlight()
                    && (!quick || !kind.isNative())
                    && (COMPARED.contains(inFlight) || kind.isGrown())) {
                all.add(new Measurement(
                        Table.SLOW_KEY,
                        inFlight + " in flight",
                        kind.title(),
                        SlowKeyBenchmark.class.getName() + ".handshake",
                        Map.of("kind", kind.name(), "inFlight", String.valueOf(inFlight))));
            }
        }
    }

    /** The smallest and the largest number when there is little time. */
    private static void addGrowth(List<Measurement> all, Growing growing, boolean quick) {
        List<Integer> counts = growing.counts();
        for (int count : counts) {
            if (!quick || count == counts.get(0) || count == counts.get(counts.size() - 1)) {
                all.add(new Measurement(
                        Table.GROWTH,
                        growing.title(),
                        String.valueOf(count),
                        GrowthBenchmark.class.getName() + ".cost",
                        Map.of("growing", growing.name(), "count", String.valueOf(count))));
            }
        }
    }

    private static List<EngineKind> engines(boolean quick) {
        return EngineKind.available().stream()
                .filter(engine -> !quick || (!engine.isNative() && !engine.hasProviders()))
                .toList();
    }

    private static void addRecords(List<Measurement> all, Table table, Scenario scenario, int size, boolean quick) {
        boolean direct = table == Table.DIRECT;
        for (String direction : DIRECTIONS) {
            for (RecordSubject subject : RecordSubject.values()) {
                if (subject.isAvailable()
                        && subject.takes(scenario)
                        && (!quick || !subject.isNative())
                        && (!direct || subject.takesDirectBuffers())) {
                    all.add(new Measurement(
                            table,
                            (size < 1024 ? size + " B " : size / 1024 + " KiB ") + direction,
                            subject.title(),
                            RecordBenchmark.class.getName() + "." + direction,
                            Map.of(
                                    "subject",
                                    subject.name(),
                                    "scenario",
                                    scenario.name(),
                                    "size",
                                    String.valueOf(size),
                                    "direct",
                                    String.valueOf(direct))));
                }
            }
        }
    }
}
