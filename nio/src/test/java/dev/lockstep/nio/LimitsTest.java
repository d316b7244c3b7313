package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How many connections are let in. */
class LimitsTest {

    @Test
    void theHeapBearsAsManyHostilePeersAsAreLetIn() {
        for (long heap = 1 << 24; heap <= 1L << 36; heap *= 2) {
            int connections = Limits.connectionsFor(heap);
            assertThat(connections).isBetween(1, 20_000);
            assertThat(connections * Limits.WORST_OF_ONE_PEER).isLessThanOrEqualTo(heap);
        }
        assertThat(Limits.connectionsFor(Long.MAX_VALUE)).isEqualTo(20_000);
    }
}
