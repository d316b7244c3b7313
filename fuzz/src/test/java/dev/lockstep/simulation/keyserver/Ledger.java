package dev.lockstep.simulation.keyserver;

import dev.lockstep.server.audit.CheckpointKey;
import dev.lockstep.server.audit.KeyUse;
import dev.lockstep.server.audit.LogVerifier;
import dev.lockstep.server.audit.SimulatedLog;
import dev.lockstep.testkit.util.Expect;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The books of a world: which results the keys made for which inputs, which of them the log tells, and which arrived. Inputs are
 * named by the beginning of their hash, as in the log, and results by theirs: premaster secrets must not be kept here.
 */
final class Ledger {

    private final Map<String, List<String>> made = new HashMap<>();
    private final Map<String, Integer> written = new HashMap<>();
    private final Map<String, Integer> lost = new HashMap<>();
    private final Map<String, Integer> received = new HashMap<>();
    private @Nullable String awaited;
    private boolean broken;
    private int results;

    /** A key has made a result, whose line comes next. */
    void made(String input, byte[] result) {
        if (broken) {
            lost.merge(input, 1, Integer::sum);
        } else {
            awaited = input;
        }
        made.computeIfAbsent(input, none -> new ArrayList<>()).add(KeyUse.digest(result));
    }

    /** A whole line was written. */
    void written(KeyUse use) {
        if (use.result().equals("ok")) {
            awaited = null;
            written.merge(use.input(), 1, Integer::sum);
        }
    }

    /**
     * The log cannot be written from now on: if the line of the last result is not in it, that result must not be used, nor
     * those of operations that are under way.
     */
    void failed() {
        broken = true;
        if (awaited != null) {
            lost.merge(awaited, 1, Integer::sum);
            awaited = null;
        }
    }

    /** The log can be written from now on. */
    void works() {
        broken = false;
    }

    /**
     * A server has got a result for its input.
     *
     * @param exact whether it must be what the key made: what replaces a premaster secret of a wrong form is not
     */
    void received(boolean exact, String input, byte[] result) {
        results++;
        List<String> own = made.getOrDefault(input, List.of());
        boolean isOwn = exact ? own.contains(KeyUse.digest(result)) : !own.isEmpty();
        Expect.that(isOwn, "a result is the answer to another request");
        int count = received.merge(input, 1, Integer::sum);
        Expect.that(count <= written.getOrDefault(input, 0), "a key was used, and no line of the log tells it");
    }

    /** Returns how many results have arrived. */
    int results() {
        return results;
    }

    /**
     * Fails unless the log is intact and has one line for each result that was made, but for those whose line failed.
     *
     * @param anchors chain values that it had
     */
    void verify(Path log, CheckpointKey key, List<String> anchors) throws IOException {
        LogVerifier.Verdict verdict = new LogVerifier(null, anchors, key).verify(LogVerifier.filesOf(log));
        Expect.that(verdict instanceof LogVerifier.Intact, "the log is not intact: " + verdict);
        Map<String, Integer> lines = new TreeMap<>();
        for (KeyUse use : SimulatedLog.uses(log)) {
            if (use.result().equals("ok")) {
                lines.merge(use.input(), 1, Integer::sum);
            }
        }
        Map<String, Integer> expected = new TreeMap<>();
        made.forEach((input, all) -> expected.put(input, all.size() - lost.getOrDefault(input, 0)));
        expected.values().removeIf(count -> count == 0);
        Expect.that(lines.equals(expected), "the log has " + sum(lines) + " lines for " + sum(expected) + " results");
    }

    private static int sum(Map<String, Integer> counts) {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }
}
