package dev.lockstep.jmh.run;

import dev.lockstep.jmh.bench.HandshakeBenchmark;
import dev.lockstep.jmh.bench.HandshakeFloorBenchmark;
import dev.lockstep.jmh.bench.RecordBenchmark;
import dev.lockstep.jmh.bench.RecordSubject;
import dev.lockstep.jmh.engine.EngineKind;
import dev.lockstep.jmh.engine.Scenario;
import dev.lockstep.jmh.run.Measurement.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The order of measurements: all engines of a row after one another, so that the machine's mood is the same for them. */
public final class Plan {
    /** Name of the handshake's floor. */
    public static final String PRIMITIVES = "primitives";

    private static final int[] SIZES = {1 << 14, 1 << 10, 100};
    private static final List<String> DIRECTIONS = List.of("write", "read");

    private Plan() {}

    /** Everything that {@code options} ask for. */
    public static List<Measurement> of(Options options) {
        List<Measurement> all = new ArrayList<>();
        for (Scenario scenario : Scenario.values()) {
            addHandshakes(all, scenario, options.quick());
        }
        for (int size : SIZES) {
            addRecords(all, size, false, options.quick());
        }
        addRecords(all, SIZES[0], true, options.quick());
        all.removeIf(m -> !m.name().contains(options.only()));
        return List.copyOf(all);
    }

    private static void addHandshakes(List<Measurement> all, Scenario scenario, boolean quick) {
        for (EngineKind engine : EngineKind.available()) {
            if (!quick || (!engine.isNative() && !engine.hasProviders())) {
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

    private static void addRecords(List<Measurement> all, int size, boolean direct, boolean quick) {
        for (String direction : DIRECTIONS) {
            for (RecordSubject subject : RecordSubject.values()) {
                if (subject.isAvailable()
                        && (!quick || !subject.isNative())
                        && (!direct || subject.takesDirectBuffers())) {
                    all.add(new Measurement(
                            direct ? Table.DIRECT : Table.RECORD,
                            (size < 1024 ? size + " B " : size / 1024 + " KiB ") + direction,
                            subject.title(),
                            RecordBenchmark.class.getName() + "." + direction,
                            Map.of(
                                    "subject",
                                    subject.name(),
                                    "size",
                                    String.valueOf(size),
                                    "direct",
                                    String.valueOf(direct))));
                }
            }
        }
    }
}
