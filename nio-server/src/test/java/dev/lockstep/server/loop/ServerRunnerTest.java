package dev.lockstep.server.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.nio.Limits;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What each of several loops may take up. */
class ServerRunnerTest {

    private static final Limits LIMITS = Limits.DEFAULT.withMemory(64 << 20);

    @Test
    void connectionsAndMemoryAreDividedAmongTheLoops() {
        Limits share = ServerRunner.share(LIMITS.withConnections(1001), 4, 0, false);
        assertThat(share.connections()).isEqualTo(251);
        assertThat(share.memory()).isEqualTo(16 << 20);
        assertThat(share.perNetwork()).as("a quarter of the loop's").isEqualTo(62);
    }

    @Test
    void theConnectionsOfOneAddressAreAsManyInEachLoopAsWereAskedFor() {
        assertThat(ServerRunner.share(LIMITS.withConnections(1000, 30), 4, 0, true)
                        .perNetwork())
                .isEqualTo(30);
        assertThat(ServerRunner.share(LIMITS.withConnections(1000, 3), 4, 0, true)
                        .perNetwork())
                .isEqualTo(3);
    }

    @Test
    void aShareThatWasAskedForMayBeTheOneByDefault() {
        assertThat(ServerRunner.share(LIMITS.withConnections(1000, 250), 4, 0, true)
                        .perNetwork())
                .isEqualTo(250);
        assertThat(ServerRunner.share(LIMITS.withConnections(1000, 250), 4, 0, false)
                        .perNetwork())
                .isEqualTo(62);
    }

    /** Behind a proxy, whose address is that of all clients. */
    @Test
    void oneAddressMayHaveAllConnections() {
        Limits share = ServerRunner.share(LIMITS.withConnections(1000, 1000), 4, 0, true);
        assertThat(share.perNetwork()).isEqualTo(share.connections()).isEqualTo(250);
    }

    @Test
    void allLoopsTogetherHaveNoMoreConnectionsThanThereMayBe() {
        for (int all : new int[] {4, 7, 1001, 1003}) {
            int sum = IntStream.range(0, 4)
                    .map(number -> ServerRunner.share(LIMITS.withConnections(all), 4, number, false)
                            .connections())
                    .sum();
            assertThat(sum).isEqualTo(all);
        }
        assertThat(ServerRunner.share(LIMITS.withConnections(3), 4, 3, false).connections())
                .as("a loop without a place could not run")
                .isOne();
    }

    @Test
    void manyLoopsHaveSomeMemoryEach() {
        assertThat(ServerRunner.share(LIMITS.withMemory(1 << 20), 1024, 0, false)
                        .memory())
                .isEqualTo(Limits.LEAST_MEMORY);
    }
}
