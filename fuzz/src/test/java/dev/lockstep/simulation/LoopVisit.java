package dev.lockstep.simulation;

import dev.lockstep.nio.Handler;
import dev.lockstep.nio.Session;
import dev.lockstep.simulation.Operations.End;
import dev.lockstep.simulation.sockets.MemorySocket;
import dev.lockstep.testkit.util.Expect;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client at one connection of a loop: its socket's other end, the network between them, and the key holders and stores behind
 * the connection. A fair visit is one on which nothing goes wrong; it has to end well.
 */
public final class LoopVisit implements MemorySocket.Peer {

    /** When a client that is not content leaves. */
    private static final long PATIENCE = LoopWorld.millis(120_000);

    /** How long the loop may leave a result where it is: longer than any client keeps the output from leaving. */
    private static final long LONGEST_UNFETCHED = LoopWorld.millis(5_000);

    private final LoopWorld world;
    private final int number;
    private final Loop time;
    private final Choices choices;
    private final Server server;
    private final boolean fair;
    private final Client client;
    private final Holders holders;
    private final Operations operations;
    private final int window;
    private @Nullable MemorySocket socket;
    private @Nullable Session session;
    private long lastToServer;
    private long lastToClient;
    private int underWay;
    private long readySince = -1;
    private boolean hurt;
    private boolean over;

    LoopVisit(LoopWorld world, int number, Server server, Choices choices) {
        this.world = world;
        this.number = number;
        this.time = world.time();
        this.server = server;
        this.choices = choices;
        this.fair = !choices.oneIn(3);
        this.window = choices.below(3) == 0 ? 200 + choices.below(2000) : 1 << 16;
        this.holders = new Holders(time, choices, fair, this::ended);
        this.operations = new Operations(world.fault());
        this.operations.listen(holders::plan);
        this.client = new Client(server.client(choices.below(1 << 30)));
        if (choices.oneIn(4)) {
            client.scripted().fragmentsOf(1 + choices.below(64));
        }
    }

    Server server() {
        return server;
    }

    /** Whether nothing goes wrong with what this client alone depends on. */
    public boolean isFair() {
        return fair;
    }

    /** Something that others depend on too goes wrong: this client need not be content. */
    public void isHurt() {
        hurt = true;
    }

    /** Returns what decides about this client. */
    public Choices choices() {
        return choices;
    }

    /** The client connects. */
    void begins(MemorySocket end) {
        socket = end;
        client.begins();
        toServer();
        if (!fair) {
            for (int acts = choices.below(4); acts > 0; acts--) {
                time.after(LoopWorld.millis(choices.below(2_000)), this::misbehaves);
            }
        }
        time.after(PATIENCE, end::resets);
    }

    /** An echo, and now and then an application that has enough. */
    Handler application() {
        return new Handler() {
            @Override
            public void onSuspended(Session suspended) {
                session = suspended;
            }

            @Override
            public void onEstablished(Session established) {
                session = established;
            }

            @Override
            public void onData(Session from, ByteBuffer data) {
                from.send(ByteBuffer.allocate(data.remaining()).put(data).flip());
            }
        };
    }

    // ---- the network

    private long delay() {
        return LoopWorld.millis(choices.below(20));
    }

    private void toServer() {
        client.deliver(choices, piece -> reachesServer(end -> end.arrives(piece)));
    }

    private void reachesServer(Consumer<MemorySocket> what) {
        lastToServer = Math.max(lastToServer, time.now() + delay());
        time.after(lastToServer - time.now(), () -> {
            if (socket != null) {
                what.accept(socket);
            }
        });
    }

    @Override
    public void accepted() {
        world.accepts(this);
    }

    @Override
    public int room() {
        return window - underWay;
    }

    @Override
    public void sent(byte[] bytes) {
        underWay += bytes.length;
        reachesClient(() -> {
            underWay -= bytes.length;
            client.receives(bytes);
            toServer();
        });
    }

    /** A client that hears the end of the server's stream ends its own, but for some. */
    @Override
    public void ended(boolean closed) {
        reachesClient(() -> {
            if (fair || !choices.oneIn(3)) {
                reachesServer(MemorySocket::endsInput);
            }
        });
    }

    private void reachesClient(Runnable what) {
        lastToClient = Math.max(lastToClient, time.now() + delay());
        time.after(lastToClient - time.now(), what);
    }

    // ---- what is behind the connection

    /** The loop is at this connection: what the server asks now is asked for it. */
    void turnBegins() {
        world.turnsTo(this);
        server.enter(operations);
        operations.begin(holders.howToBegin());
        world.note(this, "turn");
    }

    private void ended(Operations.Operation<?> operation, End how) {
        world.note(this, operation.kind() + " " + how);
        if (world.fault() != Fault.LOST_WAKE_UP || !choices.oneIn(20)) {
            operation.wakes();
        }
    }

    /** The client, its network or the application does something that an honest client does not meet. */
    public void misbehaves() {
        MemorySocket end = socket;
        if (over || end == null) {
            return;
        }
        int what = choices.below(8);
        world.note(this, "act " + what);
        switch (what) {
            case 0 -> reachesServer(MemorySocket::endsInput);
            case 1 -> reachesServer(MemorySocket::resets);
            case 2 -> {
                if (session != null) {
                    session.execute(session::close);
                }
            }
            case 3 -> {
                if (session != null) {
                    session.execute(session::abort);
                }
            }
            default -> {
                Hostile.sends(client, choices);
                toServer();
            }
        }
    }

    // ---- what must be true

    /** In every turn of the loop: a result is fetched soon, or its wake-up was lost. */
    void check() {
        operations.requireRules();
        Operations.Operation<?> pending = operations.pending();
        if (pending == null || !pending.isReady()) {
            readySince = -1;
        } else if (readySince < 0) {
            readySince = time.now();
        } else {
            Expect.that(time.now() - readySince < LONGEST_UNFETCHED, this + ": a result is not fetched");
        }
    }

    /** The loop has closed the connection. */
    void closes(@Nullable Throwable cause) {
        world.note(this, "closed: " + cause);
        over = true;
        socket = null;
        session = null;
        world.guarded(() -> Expect.that(operations.pending() == null, this + ": something is pending after the end"));
        time.after(Math.max(0, lastToClient - time.now()), () -> {
            operations.requireOver();
            Expect.that(!fair || hurt || client.isContent(), this + ": a fair visit ends badly: " + cause);
            if (fair && !hurt) {
                world.wasDue();
            }
            if (client.isContent() && client.isHonest()) {
                server.remember(client.session());
            }
            world.leaves(this);
        });
    }

    /** What the client knows and the server must have forgotten. */
    List<byte[]> secrets() {
        return client.isHonest() ? client.scripted().secrets() : List.of();
    }

    boolean isContent() {
        return client.isContent();
    }

    @Override
    public String toString() {
        return "visit " + number + " (" + server + (fair ? ", fair)" : ")");
    }
}
