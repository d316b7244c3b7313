package dev.lockstep.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Worlds of connections, each from a seed. {@code -Dtest.args="-Dlockstep.simulation.worlds=10000"} runs more of them, and
 * {@code -Dlockstep.simulation.seed=7} from another seed on.
 */
@Timeout(3600)
class SimulationTest {

    private static final int WORLDS = Integer.getInteger("lockstep.simulation.worlds", 10);
    private static final long FIRST_SEED = Long.getLong("lockstep.simulation.seed", 1);
    private static final int VISITS = 100;
    private static final FakeClock CLOCK = new FakeClock();
    private static final List<Server> SERVERS = Server.all(CLOCK);

    private static World.Result run(long seed, Fault fault, int visits) {
        return new World(SERVERS, CLOCK, seed, fault).run(visits);
    }

    @Test
    void whateverHappensNoConnectionBreaksARule() {
        int content = 0;
        int visits = 0;
        long events = 0;
        Set<SuspensionKind> waits = EnumSet.noneOf(SuspensionKind.class);
        for (long seed = FIRST_SEED; seed < FIRST_SEED + WORLDS; seed++) {
            World.Result result = run(seed, Fault.NONE, VISITS);
            content += result.content();
            visits += result.visits();
            events += result.events();
            waits.addAll(result.waits());
        }
        System.out.printf(
                "simulation: %d worlds from seed %d, %d connections, %d of them content, %d events%n",
                WORLDS, FIRST_SEED, visits, content, events);
        assertThat(content).isGreaterThan(visits / 2);
        assertThat(waits).containsExactlyInAnyOrder(SuspensionKind.values());
    }

    @Test
    void aSeedIsOneHistory() {
        World.Result first = run(42, Fault.NONE, 40);
        assertThat(run(42, Fault.NONE, 40)).isEqualTo(first);
        assertThat(run(43, Fault.NONE, 40).trace()).isNotEqualTo(first.trace());
    }

    @ParameterizedTest
    @EnumSource(names = {"LOST_WAKE_UP", "DOUBLE_COMPLETION", "UNWIPED_SECRET", "STARVED_CONNECTION", "LEAKED_BUFFER"})
    void aPlantedFaultIsFoundAndComesAgainWithItsSeed(Fault fault) {
        long seed = 1;
        AssertionError found = null;
        for (; found == null && seed <= 20; seed += found == null ? 1 : 0) {
            found = violation(seed, fault);
        }
        assertThat(found).as("of %s", fault).isNotNull().hasMessageStartingWith("seed " + seed + ", event ");
        long failing = seed;
        assertThatThrownBy(() -> run(failing, fault, VISITS)).hasMessage(found.getMessage());
        assertThat(run(seed, Fault.NONE, 40).visits()).as("without the fault").isEqualTo(40);
    }

    private static AssertionError violation(long seed, Fault fault) {
        try {
            run(seed, fault, VISITS);
            return null;
        } catch (AssertionError found) {
            return found;
        }
    }
}
