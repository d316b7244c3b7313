package dev.lockstep.simulation;

import dev.lockstep.testkit.util.Expect;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.wait.SuspensionKind;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Many visits at the same time in one loop. Everything follows from the seed: who comes, what the network, the key holders,
 * the stores and the applications do and when, and which clients are hostile. After every event it is checked what must be true
 * of every connection; a violation names the seed, with which it comes again.
 */
final class World {

    /** How many visits there are at the same time. */
    static final int MEMBERS = 16;

    private static final int MOST_EVENTS_PER_VISIT = 5_000;
    private static final int MOST_MILLIS_TO_RELOAD = 200;

    /** What became of the visits. */
    record Result(int visits, int content, Set<SuspensionKind> waits, long events, long trace) {}

    private final List<Server> servers;
    private final Fault fault;
    private final long seed;
    private final Choices choices;
    private final Loop loop;
    private final Buffers buffers = new Buffers(2 * MEMBERS);
    private final Set<SuspensionKind> waits = EnumSet.noneOf(SuspensionKind.class);
    private final List<Visit> present = new ArrayList<>();
    private final History history = new History();
    private int toCome;
    private int came;
    private int content;

    /**
     * A world in which nothing has happened.
     *
     * @param servers made with {@code clock}
     */
    World(List<Server> servers, FakeClock clock, long seed, Fault fault) {
        this.servers = servers;
        this.seed = seed;
        this.fault = fault;
        this.choices = new SeededChoices(seed);
        this.loop = new Loop(clock, MEMBERS, fault);
    }

    Loop loop() {
        return loop;
    }

    Buffers buffers() {
        return buffers;
    }

    Fault fault() {
        return fault;
    }

    /** Lets so many visits happen, to their end. */
    Result run(int visits) {
        servers.forEach(server -> server.restart(seed));
        toCome = visits;
        long events = 0;
        try {
            for (int i = 0; i < MEMBERS; i++) {
                arrives();
            }
            planReload();
            while (loop.next()) {
                events++;
                check();
                Expect.that(events < (long) MOST_EVENTS_PER_VISIT * visits, "a world without end");
            }
            Expect.that(present.isEmpty() && toCome == 0, "visits are left over: " + present);
        } catch (AssertionError | RuntimeException violation) {
            throw history.violation(seed, "event " + events, violation);
        }
        return new Result(came, content, waits, events, history.trace());
    }

    private void planReload() {
        loop.after(TimeUnit.MILLISECONDS.toNanos(choices.below(MOST_MILLIS_TO_RELOAD)), () -> {
            if (!present.isEmpty()) {
                servers.get(choices.below(servers.size())).reload(choices);
                planReload();
            }
        });
    }

    private void arrives() {
        if (toCome == 0) {
            return;
        }
        toCome--;
        Server server = servers.get(choices.below(servers.size()));
        Visit visit = new Visit(this, came, server, new SeededChoices(seed * 1_000_003 + came));
        came++;
        present.add(visit);
        visit.begins();
    }

    /** A connection waits for something. */
    void awaits(SuspensionKind kind) {
        waits.add(kind);
    }

    /** A visit is over, and another one begins. */
    void leaves(Visit visit) {
        present.remove(visit);
        content += visit.isContent() ? 1 : 0;
        arrives();
    }

    private void check() {
        int open = 0;
        for (Visit visit : present) {
            visit.check();
            open += visit.isReleased() ? 0 : 1;
        }
        Expect.that(buffers.lent() == 2 * open, "a connection is over, and its buffers are not given back");
    }

    /** Remembers what happened. */
    void note(Visit visit, String what) {
        history.note(loop.now(), visit, what);
    }
}
