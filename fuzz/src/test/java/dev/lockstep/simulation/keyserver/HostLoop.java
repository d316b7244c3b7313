package dev.lockstep.simulation.keyserver;

import dev.lockstep.server.keyserver.SimulatedKeyServer;
import dev.lockstep.simulation.Loop;
import dev.lockstep.simulation.LoopWorld;
import dev.lockstep.simulation.sockets.MemoryListener;
import dev.lockstep.simulation.sockets.MemoryProvider;
import dev.lockstep.simulation.sockets.MemorySelector;
import dev.lockstep.testkit.util.Expect;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A loop of the key server with its listener, as on a thread of its own: its rounds come between those of the other loops in any
 * order. Like a thread, it wakes only when its selector has something, is woken, or has waited long enough.
 */
final class HostLoop implements MemorySelector.World {

    private static final long ROUND_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long FULL_NANOS = LoopWorld.millis(5);
    private static final int ROUNDS_WITHOUT_TIME = 10_000;

    private final Host host;
    private final Loop time;
    private final MemoryProvider sockets = new MemoryProvider(this);
    private final MemoryListener listener = sockets.openServerSocketChannel();
    private SimulatedKeyServer.@Nullable Rounds rounds;
    private boolean over;
    private boolean waits;
    private boolean wakes;
    private long wakesAt;
    private long nextLook = Long.MAX_VALUE;
    private int roundsAtOnce;
    private long lastRound;

    HostLoop(Host host, Loop time) {
        this.host = host;
        this.time = time;
    }

    MemoryListener listener() {
        return listener;
    }

    /** Begins with the rounds of a loop that listens. */
    void begin(SimulatedKeyServer.Rounds running, boolean deaf) {
        rounds = running;
        if (deaf) {
            selector().turnDeaf();
        }
        isDue();
    }

    /** No round follows. */
    void end() {
        over = true;
    }

    /** Its selector fails when the loop asks it next, which is now. */
    void breaks() {
        selector().fail(new IOException("the selector fails"));
        isDue();
    }

    private MemorySelector selector() {
        return Objects.requireNonNull(sockets.lastSelector(), "the key server has opened one");
    }

    /** Something may be ready. */
    void isDue() {
        lookIn(ROUND_NANOS + host.choices().below((int) ROUND_NANOS));
    }

    private void lookIn(long nanos) {
        long at = time.now() + nanos;
        if (over || at >= nextLook) {
            return;
        }
        nextLook = at;
        time.after(nanos, () -> {
            if (!over && nextLook == at) {
                nextLook = Long.MAX_VALUE;
                look();
            }
        });
    }

    private void look() {
        wakes = waits && time.now() >= wakesAt;
        if (!waits || wakes || selector().isReady()) {
            round();
        } else {
            Expect.that(!rounds().haveWork(), "a loop of the key server sleeps while it has work");
            rest();
        }
    }

    private SimulatedKeyServer.Rounds rounds() {
        return Objects.requireNonNull(rounds, "has begun");
    }

    private void round() {
        roundsAtOnce = time.now() - lastRound > 3 * ROUND_NANOS ? 0 : roundsAtOnce + 1;
        lastRound = time.now();
        Expect.that(roundsAtOnce < ROUNDS_WITHOUT_TIME, "the key server does not come to rest");
        waits = false;
        try {
            rounds().run();
        } catch (IOException e) {
            host.fails(e);
            return;
        }
        waits &= !rounds().haveWork(); // work that came after the wait is done without another one
        if (waits) {
            rest();
        } else {
            lookIn(ROUND_NANOS);
        }
    }

    private void rest() {
        if (wakesAt != Long.MAX_VALUE) {
            lookIn(wakesAt - time.now());
        }
        if (host.isFull()) {
            lookIn(FULL_NANOS);
        }
    }

    @Override
    public void turnPasses() {
        // its rounds are planned here
    }

    @Override
    public long waits(long nanos) {
        if (wakes) {
            wakes = false; // it has waited
        } else {
            waits = true;
            wakesAt = nanos == Long.MAX_VALUE ? Long.MAX_VALUE : time.now() + nanos;
        }
        return -1;
    }
}
