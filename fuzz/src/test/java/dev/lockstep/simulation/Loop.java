package dev.lockstep.simulation;

import dev.lockstep.testkit.util.Expect;
import dev.lockstep.testkit.util.FakeClock;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * An event loop in simulated time: what happens at which moment, and which connections are due for a turn. It fails when a
 * connection that is due waits for longer than for a turn of each other one.
 */
public final class Loop {

    /** Something that happens at a moment; those of one moment happen in the order in which they were planned. */
    private record Event(long nanos, long order, Runnable what) {}

    /** A connection in the loop. */
    interface Member {
        /** Has its turn. */
        void turn();
    }

    /** A member that is due, and how many turns others have had since. */
    private static final class Due {
        private final Member member;
        private final long since;

        Due(Member member, long since) {
            this.member = member;
            this.since = since;
        }
    }

    /** What a turn takes, much for a computer: so that connections wait for each other. */
    private static final long TURN_NANOS = 3_000_000;

    private final FakeClock clock;
    private final Fault fault;
    private final long begin;
    private final int members;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::order));
    private final Deque<Due> due = new ArrayDeque<>();
    private long now;
    private long planned;
    private long turns;

    /**
     * A loop at its beginning.
     *
     * @param clock shows its time
     * @param members how many connections there are at most
     */
    Loop(FakeClock clock, int members, Fault fault) {
        this.clock = clock;
        this.begin = clock.getAsLong();
        this.members = members;
        this.fault = fault;
    }

    /** Returns the time since the beginning, in nanoseconds. */
    public long now() {
        return now;
    }

    /** Plans something, so many nanoseconds from now. */
    public void after(long nanos, Runnable what) {
        events.add(new Event(now + nanos, planned++, what));
    }

    /** Plans something at a moment of the clock, or now if that has passed. */
    void at(long clockNanos, Runnable what) {
        after(Math.max(0, clockNanos - clock.getAsLong()), what);
    }

    /** Makes a member due; one that is due already stays where it is in the queue. */
    void isDue(Member member) {
        if (due.stream().noneMatch(each -> each.member == member)) {
            due.addLast(new Due(member, turns));
        }
    }

    /** Whether a member's turn is to come. */
    boolean awaitsTurn(Member member) {
        return due.stream().anyMatch(each -> each.member == member);
    }

    /** Returns how long it is until something happens by itself; empty when nothing is planned. */
    OptionalLong untilNext() {
        Event event = events.peek();
        return event == null ? OptionalLong.empty() : OptionalLong.of(Math.max(0, event.nanos - now));
    }

    /** Lets time pass in which nothing happens. */
    void passes(long nanos) {
        now += nanos;
        clock.set(begin + now);
    }

    /** Lets the next thing happen: an event of this moment, a turn, or the next moment. Returns false when nothing is left. */
    boolean next() {
        Event event = events.peek();
        if (event != null && (event.nanos <= now || due.isEmpty())) {
            events.remove();
            now = Math.max(now, event.nanos);
            clock.set(begin + now);
            event.what.run();
            return true;
        }
        if (due.isEmpty()) {
            return false;
        }
        Due next = fault == Fault.STARVED_CONNECTION ? due.removeLast() : due.removeFirst();
        turns++;
        for (Due each : due) {
            Expect.that(turns - each.since <= members, "a connection that is due waits while others have turns");
        }
        // A turn takes time, in which more can come.
        now += TURN_NANOS;
        clock.set(begin + now);
        next.member.turn();
        return true;
    }
}
