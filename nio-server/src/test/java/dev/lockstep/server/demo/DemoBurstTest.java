package dev.lockstep.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many handshakes the button can begin. */
@Timeout(60)
class DemoBurstTest {

    private static final class Clients implements DemoBurst.Client {
        final CountDownLatch allThere = new CountDownLatch(DemoBurst.HANDSHAKES);
        final CountDownLatch mayLeave = new CountDownLatch(1);
        final AtomicInteger visits = new AtomicInteger();

        @Override
        public void visit(int number) throws Exception {
            visits.incrementAndGet();
            allThere.countDown();
            mayLeave.await();
            if (number == 3) {
                throw new IOException("this one fails");
            }
        }
    }

    private static final DemoBurst.Meter METER = new DemoBurst.Meter() {
        @Override
        public long waitedNanos() {
            return 0;
        }

        @Override
        public long workedNanos() {
            return -1;
        }
    };

    private final AtomicLong nanos = new AtomicLong();
    private final DemoEvents events = new DemoEvents(nanos::get);
    private final Clients clients = new Clients();

    private String told() {
        NotedSession session = new NotedSession();
        DemoViewer viewer = new DemoViewer(session);
        events.add(viewer, events.event("hello"));
        events.remove(viewer);
        return session.sent.get(0);
    }

    @Test
    void aBurstIsTwentyAtTheSameTimeAndThereIsOneOfThem() throws Exception {
        try (DemoBurst burst = new DemoBurst(events, clients, METER, nanos::get)) {
            assertThat(burst.begin()).isTrue();
            assertThat(clients.allThere.await(30, TimeUnit.SECONDS)).isTrue();
            nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
            for (int i = 0; i < 100; i++) {
                assertThat(burst.begin()).isFalse();
            }
            assertThat(clients.visits).hasValue(DemoBurst.HANDSHAKES);
            assertThat(told()).contains("\"burst\"").doesNotContain("burst-end");

            clients.mayLeave.countDown();
            while (!told().contains("burst-end")) {
                Thread.onSpinWait();
            }
            assertThat(told()).contains("\"handshakes\":20,\"completed\":19,", "\"worked\":-1.000");
        }
    }

    @Test
    void theNextOneHasToWaitALittle() throws Exception {
        clients.mayLeave.countDown();
        try (DemoBurst burst = new DemoBurst(events, clients, METER, nanos::get)) {
            assertThat(burst.begin()).isTrue();
            while (!told().contains("burst-end")) {
                Thread.onSpinWait();
            }
            nanos.addAndGet(DemoBurst.PAUSE.toNanos() - 1);
            assertThat(burst.begin()).isFalse();
            nanos.addAndGet(1);
            while (!burst.begin()) {
                Thread.onSpinWait(); // the last client of the first burst is about to leave
            }
            assertThat(burst.begin()).isFalse();
        }
    }
}
