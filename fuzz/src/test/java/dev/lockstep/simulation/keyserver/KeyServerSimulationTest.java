package dev.lockstep.simulation.keyserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.simulation.Fault;
import dev.lockstep.simulation.LoopWorld;
import dev.lockstep.simulation.Server;
import dev.lockstep.testkit.util.FakeClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Worlds around a {@link dev.lockstep.nio.TlsLoop} whose keys are at a key server, each from a seed; the properties of
 * {@code SimulationTest} say how many.
 */
@Timeout(36_000)
class KeyServerSimulationTest {

    private static final int WORLDS = Integer.getInteger("lockstep.simulation.worlds", 2);
    private static final long FIRST_SEED = Long.getLong("lockstep.simulation.seed", 1);
    private static final int VISITS = 100;
    private static final FakeClock CLOCK = new FakeClock();
    private static final RemoteKeys KEYS = new RemoteKeys();
    private static final List<Server> SERVERS = Server.withKeys(KEYS, RemoteKeys.CURVES, RemoteKeys.RSA, CLOCK);

    @TempDir
    Path directory;

    /** What became of a world. */
    private record Outcome(LoopWorld.Result result, KeyServerWorld around) {}

    private Outcome run(long seed, Fault fault, int visits) throws IOException {
        Path own = Files.createTempDirectory(directory, "world");
        List<KeyServerWorld> made = new ArrayList<>();
        LoopWorld world = new LoopWorld(SERVERS, CLOCK, seed, fault, inside -> {
            made.add(new KeyServerWorld(inside, SERVERS, KEYS, CLOCK, seed, own));
            return made.get(0);
        });
        return new Outcome(world.run(visits), made.get(0));
    }

    @Test
    void whateverHappensToTheKeyServerEachRequestHasItsOwnAnswerAndEachUseItsLine() throws IOException {
        int content = 0;
        int visits = 0;
        int due = 0;
        int results = 0;
        int cancelled = 0;
        int troubles = 0;
        int starts = 0;
        int reloads = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + WORLDS; seed++) {
            Outcome outcome = run(seed, Fault.NONE, VISITS);
            content += outcome.result().content();
            visits += outcome.result().visits();
            due += outcome.result().due();
            results += outcome.around().results();
            cancelled += outcome.around().cancelled();
            troubles += outcome.around().troubles();
            starts += outcome.around().starts();
            reloads += outcome.around().reloads();
        }
        System.out.printf(
                "simulation with a key server: %d worlds from seed %d, %d connections, %d of them content, %d of"
                        + " which had to be, %d results, %d cancelled, %d troubles, %d starts, %d reloads%n",
                WORLDS, FIRST_SEED, visits, content, due, results, cancelled, troubles, starts, reloads);
        assertThat(content).isGreaterThan(visits / 4);
        assertThat(due).isGreaterThan(visits / 10);
        assertThat(results).isGreaterThan(visits / 10);
        assertThat(starts).isGreaterThan(WORLDS);
    }

    @Test
    void aSeedIsOneHistory() throws IOException {
        LoopWorld.Result first = run(42, Fault.NONE, 30).result();
        assertThat(run(42, Fault.NONE, 30).result()).isEqualTo(first);
    }

    @ParameterizedTest
    @CsvSource({
        "ANSWER_FOR_ANOTHER, a result is the answer to another request",
        "LOST_LOG_LINE, lines for", // the writer notices it before the next line
        "UNLOGGED_USE, lines for",
        "UNNOTICED_LOSS, an operation is open after the connection it was asked over",
        "SLEEPING_KEY_SERVER, a loop of the key server sleeps while it has work"
    })
    void aPlantedFaultIsFound(Fault fault, String message) {
        assertThatThrownBy(() -> {
                    for (long seed = 1; seed <= 20; seed++) {
                        run(seed, fault, VISITS);
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("seed ")
                .hasMessageContaining(message);
    }
}
