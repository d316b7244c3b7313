package dev.lockstep.nio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How many connections are let in. */
class LimitsTest {

    @Test
    void theMemoryOfConnectionsIsAPartOfTheHeapAndBearsAllOfThemWhenTheyAreSilent() {
        for (long heap = 1 << 24; heap <= 1L << 36; heap *= 2) {
            Limits limits = Limits.forHeap(heap);
            assertThat(limits.connections()).isBetween(1, 20_000);
            assertThat(limits.memory()).isLessThanOrEqualTo(heap / 4);
            assertThat((long) limits.connections() * Limits.COST_OF_A_CONNECTION)
                    .isLessThanOrEqualTo(limits.memory());
            assertThat(limits.perNetwork()).isBetween(1, Math.max(16, limits.connections() / 4));
        }
        assertThat(Limits.forHeap(Long.MAX_VALUE).connections()).isEqualTo(20_000);
    }

    @Test
    void connectionsAndTheShareOfOneNetworkFitIntoTheDescriptors() {
        Limits limits = Limits.forHeap(Long.MAX_VALUE);
        assertThat(limits.withinDescriptors(1 << 20, 2)).isSameAs(limits);
        Limits few = limits.withinDescriptors(1024, 1);
        assertThat(few.connections()).isEqualTo(896);
        assertThat(few.perNetwork()).isEqualTo(224);
        assertThat(limits.withinDescriptors(1024, 2).connections()).isEqualTo(448);
        assertThat(limits.withinDescriptors(100, 1).connections()).isEqualTo(50);
        assertThat(limits.withinDescriptors(1, 2).connections()).isOne();
    }
}
