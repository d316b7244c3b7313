package dev.lockstep.simulation;

import dev.lockstep.nio.LoopObserver;
import dev.lockstep.nio.Session;
import dev.lockstep.nio.SimulatedLoop;
import dev.lockstep.nio.TlsLoop;
import dev.lockstep.nio.TlsLoopBuilder;
import dev.lockstep.simulation.sockets.MemoryListener;
import dev.lockstep.simulation.sockets.MemoryProvider;
import dev.lockstep.simulation.sockets.MemorySelector;
import dev.lockstep.simulation.sockets.MemorySocket;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.testkit.util.FakeClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Many visits at the same time at a {@link TlsLoop}, over sockets in memory: where the loop would wait, the next thing happens.
 * Everything follows from the seed. A violation names it.
 */
public final class LoopWorld implements MemorySelector.World, LoopObserver {

    /** How many visits there are at the same time. */
    static final int MEMBERS = 16;

    private static final long TURN_NANOS = 200_000;
    private static final int MOST_TURNS_PER_VISIT = 5_000;
    private static final int HUNTED = 64;

    /** What is around the loop besides its clients. */
    public interface Surroundings {

        /** Adds to the loop what belongs to it. */
        default void join(TlsLoopBuilder builder) {}

        /** The first clients come. */
        default void begin() {}

        /** Whether everything is well, so that an honest client who comes now has to be content. */
        default boolean isCalm() {
            return true;
        }

        /** In every turn of the loop: what must be true. */
        default void check() {}

        /** All clients have left: whether nothing is under way any more. Asked again and again. */
        default boolean isAtRest() {
            return true;
        }

        /** The loop has ended: what must be true then. */
        default void end(List<byte[]> secrets) throws IOException {}
    }

    /**
     * What became of the visits.
     *
     * @param due how many had to be content, since nothing went wrong that concerned them
     */
    public record Result(int visits, int content, int due, long turns, long trace) {}

    private final List<Server> servers;
    private final Fault fault;
    private final long seed;
    private final Choices choices;
    private final Loop time;
    private final FakeClock clock;
    private final MemoryProvider provider = new MemoryProvider(this);
    private final MemoryListener listener = provider.openServerSocketChannel();
    private final List<LoopVisit> present = new ArrayList<>();
    private final Map<Long, LoopVisit> byNumber = new HashMap<>();
    private final Deque<byte[]> secrets = new ArrayDeque<>();
    private final History history = new History();
    private final Surroundings surroundings;
    private @Nullable TlsLoop loop;
    private @Nullable LoopVisit accepted;
    private @Nullable LoopVisit current;
    private @Nullable AssertionError violation;
    private int toCome;
    private int came;
    private int content;
    private int due;
    private long turns;

    /**
     * A world in which nothing has happened.
     *
     * @param servers made with {@code clock}
     */
    LoopWorld(List<Server> servers, FakeClock clock, long seed, Fault fault) {
        this(servers, clock, seed, fault, world -> new Surroundings() {});
    }

    /**
     * A world in which nothing has happened.
     *
     * @param servers made with {@code clock}
     * @param around makes what is around the loop, before anything happens
     */
    public LoopWorld(
            List<Server> servers,
            FakeClock clock,
            long seed,
            Fault fault,
            Function<? super LoopWorld, ? extends Surroundings> around) {
        this.servers = servers;
        this.clock = clock;
        this.seed = seed;
        this.fault = fault;
        this.choices = new SeededChoices(seed);
        this.time = new Loop(clock, 0, fault);
        this.surroundings = around.apply(this);
    }

    /** Lets so many visits happen, to their end. */
    public Result run(int visits) throws IOException {
        servers.forEach(server -> server.restart(seed));
        toCome = visits;
        TlsLoopBuilder builder = TlsLoop.builder(
                        listener, () -> arriving().server().config(), () -> arriving()
                                .application())
                .observer(this);
        try {
            surroundings.join(builder);
            TlsLoop running = SimulatedLoop.of(builder, clock);
            loop = running;
            surroundings.begin();
            for (int i = 0; i < MEMBERS; i++) {
                arrives();
            }
            running.run();
            if (violation != null) {
                throw violation;
            }
            Expect.that(present.isEmpty() && toCome == 0, "the loop ends before its visits: " + present);
            Expect.that(running.heldBytes() == 0, "after all connections " + running.heldBytes() + " bytes are held");
            Expect.that(SimulatedLoop.lentBuffers(running) == 0, "buffers are not given back");
            Expect.that(running.openConnections() == 0, "connections are left over");
            SecretHunt.assertNoneIn(running, List.copyOf(secrets));
            surroundings.end(List.copyOf(secrets));
        } catch (AssertionError | RuntimeException found) {
            throw history.violation(seed, "turn " + turns, found);
        }
        return new Result(came, content, due, turns, history.trace());
    }

    public Loop time() {
        return time;
    }

    public Fault fault() {
        return fault;
    }

    /** Returns the visit whose connection the loop is at. */
    public LoopVisit current() {
        return Objects.requireNonNull(current, "the loop is at no connection");
    }

    /** The loop comes to a connection. */
    void turnsTo(LoopVisit visit) {
        current = visit;
    }

    /** A visit had to end well, and did. */
    void wasDue() {
        due++;
    }

    /** Something goes wrong on which all clients depend. */
    public void disturb() {
        present.forEach(LoopVisit::isHurt);
    }

    private LoopVisit arriving() {
        if (accepted == null) {
            throw new IllegalStateException("nothing is accepted");
        }
        return accepted;
    }

    private void arrives() {
        if (toCome == 0) {
            return;
        }
        toCome--;
        Server server = servers.get(choices.below(servers.size()));
        LoopVisit visit = new LoopVisit(this, came, server, new SeededChoices(seed * 1_000_003 + came));
        came++;
        present.add(visit);
        if (!surroundings.isCalm()) {
            visit.isHurt();
        }
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1024 + came % 60_000);
        MemorySocket socket = new MemorySocket(provider, address, visit);
        visit.begins(socket);
        listener.connect(socket);
    }

    /** The loop has accepted a visit, and now asks for its server and its application. */
    void accepts(LoopVisit visit) {
        accepted = visit;
    }

    /** A visit is over, and another one begins. */
    void leaves(LoopVisit visit) {
        present.remove(visit);
        content += visit.isContent() ? 1 : 0;
        for (byte[] secret : visit.secrets()) {
            secrets.addLast(secret);
            if (secrets.size() > HUNTED) {
                secrets.removeFirst();
            }
        }
        if (surroundings.isCalm()) {
            arrives();
        } else {
            time.after(millis(choices.below(4_000)), this::arrives);
        }
    }

    // ---- the loop works, or waits

    @Override
    public void turnPasses() {
        turns++;
        time.passes(TURN_NANOS);
        OptionalLong next;
        while ((next = time.untilNext()).isPresent() && next.getAsLong() == 0) {
            happens();
        }
        guarded(() -> {
            present.forEach(LoopVisit::check);
            surroundings.check();
            Expect.that(turns < (long) MOST_TURNS_PER_VISIT * came, "a world without end");
        });
        endIfOver();
    }

    @Override
    public long waits(long nanos) {
        OptionalLong next = time.untilNext();
        if (next.isPresent() && next.getAsLong() <= nanos) {
            happens();
            endIfOver();
            return nanos == Long.MAX_VALUE ? nanos : nanos - next.getAsLong();
        }
        guarded(() -> Expect.that(nanos != Long.MAX_VALUE || present.isEmpty(), "the loop waits for ever: " + present));
        if (nanos != Long.MAX_VALUE) {
            time.passes(nanos);
        }
        endIfOver();
        return -1;
    }

    private void happens() {
        guarded(time::next);
    }

    /** What is found out in a callback must not look like a fault of the connection that the loop is at. */
    public void guarded(Runnable check) {
        try {
            check.run();
        } catch (AssertionError | RuntimeException found) {
            if (violation == null) {
                violation = new AssertionError(found.getMessage(), found);
            }
        }
    }

    private void endIfOver() {
        if (loop != null && (violation != null || (present.isEmpty() && toCome == 0 && surroundings.isAtRest()))) {
            loop.close();
        }
    }

    // ---- what the loop tells

    @Override
    public void onAccepted(Session session) {
        byNumber.put(session.id(), arriving());
    }

    @Override
    public void onTurn(long connection) {
        LoopVisit visit = byNumber.get(connection);
        if (visit != null) {
            visit.turnBegins();
        }
    }

    @Override
    public void onClosed(Session session, @Nullable Throwable cause) {
        LoopVisit visit = byNumber.remove(session.id());
        if (visit != null) {
            visit.closes(cause);
        }
    }

    /** Errors of key holders and stores are told as defects, and nothing else is one. */
    @Override
    public void onDefect(long connection, Throwable cause) {
        guarded(() -> Expect.that(cause instanceof StackOverflowError, "a defect: " + cause));
    }

    /** Remembers what happened. */
    public void note(Object who, String what) {
        history.note(time.now(), who, what);
    }

    /** Millis in nanoseconds. */
    public static long millis(long count) {
        return TimeUnit.MILLISECONDS.toNanos(count);
    }
}
