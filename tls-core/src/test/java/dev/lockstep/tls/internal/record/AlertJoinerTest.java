package dev.lockstep.tls.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertJoinerTest {
    @Test
    void everyCutOfThreeAlertsGivesTheSameAlerts() {
        byte[] all = {1, 90, 1, 0, 2, (byte) 200};
        for (int cuts = 0; cuts < 1 << all.length; cuts++) {
            AlertJoiner joiner = new AlertJoiner();
            List<Integer> alerts = new ArrayList<>();
            int from = 0;
            for (int to = 0; to <= all.length; to++) {
                if (to == all.length || (cuts >> to & 1) != 0) {
                    ByteBuffer fragment = ByteBuffer.wrap(Arrays.copyOfRange(all, from, to));
                    for (int alert = joiner.next(fragment); alert >= 0; alert = joiner.next(fragment)) {
                        alerts.add(alert);
                    }
                    assertThat(fragment.hasRemaining()).isFalse();
                    assertThat(joiner.hasPartial()).isEqualTo(to % 2 == 1);
                    from = to;
                }
            }
            assertThat(alerts).containsExactly(0x015a, 0x0100, 0x02c8);
        }
    }
}
