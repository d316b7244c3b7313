package dev.lockstep.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.util.FakeClock;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Worlds around a whole {@link dev.lockstep.nio.TlsLoop}, each from a seed; the properties of {@link SimulationTest} say how many.
 */
@Timeout(3600)
class LoopSimulationTest {

    private static final int WORLDS = Integer.getInteger("lockstep.simulation.worlds", 5);
    private static final long FIRST_SEED = Long.getLong("lockstep.simulation.seed", 1);
    private static final int VISITS = 100;
    private static final FakeClock CLOCK = new FakeClock();
    private static final List<Server> SERVERS = Server.all(CLOCK);

    private static LoopWorld.Result run(long seed, Fault fault, int visits) throws IOException {
        return new LoopWorld(SERVERS, CLOCK, seed, fault).run(visits);
    }

    @Test
    void whateverHappensTheLoopServesTheOthersAndKeepsNothing() throws IOException {
        int content = 0;
        int visits = 0;
        long turns = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + WORLDS; seed++) {
            LoopWorld.Result result = run(seed, Fault.NONE, VISITS);
            content += result.content();
            visits += result.visits();
            turns += result.turns();
        }
        System.out.printf(
                "simulation of the loop: %d worlds from seed %d, %d connections, %d of them content, %d turns%n",
                WORLDS, FIRST_SEED, visits, content, turns);
        assertThat(content).isGreaterThan(visits / 2);
    }

    @Test
    void aSeedIsOneHistory() throws IOException {
        LoopWorld.Result first = run(42, Fault.NONE, 40);
        assertThat(run(42, Fault.NONE, 40)).isEqualTo(first);
        assertThat(run(43, Fault.NONE, 40).trace()).isNotEqualTo(first.trace());
    }

    @ParameterizedTest
    @EnumSource(names = {"LOST_WAKE_UP", "DOUBLE_COMPLETION", "UNWIPED_SECRET"})
    void aPlantedFaultIsFound(Fault fault) {
        assertThatThrownBy(() -> {
                    for (long seed = 1; seed <= 20; seed++) {
                        run(seed, fault, VISITS);
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("seed ");
    }
}
