package dev.lockstep.simulation;

import dev.lockstep.simulation.Operations.End;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.TlsServerConnection;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * One client at one connection: the network between them, which delays and cuts but loses nothing, and the key holders and
 * stores behind the connection. A fair visit is one on which nothing goes wrong; it has to end well.
 */
final class Visit implements Loop.Member {

    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    /** When an application closes a connection on which nothing happens. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(120);

    private final World world;
    private final int number;
    private final Loop loop;
    private final Choices choices;
    private final Server server;
    private final boolean fair;
    private final Holders holders;
    private final Party party;
    private final Client client;
    private final int window;
    private long lastToServer;
    private long lastToClient;
    private OptionalLong deadline = OptionalLong.empty();
    private boolean flushPlanned;
    private boolean released;

    Visit(World world, int number, Server server, Choices choices) {
        this.number = number;
        this.world = world;
        this.loop = world.loop();
        this.server = server;
        this.choices = choices;
        this.fair = !choices.oneIn(3);
        this.window = choices.below(3) == 0 ? 200 + choices.below(2000) : 1 << 15;
        int room = choices.below(3) == 0 ? Party.LEAST_OUTPUT : TlsServerConnection.NETWORK_BUFFER_SIZE;
        this.holders = new Holders(loop, choices, fair, this::ended);
        Operations operations = new Operations(world.fault());
        operations.listen(operation -> {
            world.awaits(operation.kind());
            holders.plan(operation);
        });
        this.party = new Party(server, operations, world.buffers(), room, this::woken);
        this.client = new Client(server.client(choices.below(1 << 30)));
        if (choices.oneIn(4)) {
            client.scripted().fragmentsOf(1 + choices.below(64));
        }
    }

    /** The client connects. */
    void begins() {
        client.begins();
        toServer();
        planDeadline();
        if (!fair) {
            for (int acts = choices.below(4); acts > 0; acts--) {
                loop.after(choices.below(2_000) * MILLISECOND, this::misbehaves);
            }
        }
        loop.after(PATIENCE, () -> {
            if (!party.isOver()) {
                world.note(this, "patience");
                party.closes();
                flush();
            }
        });
    }

    @Override
    public void turn() {
        if (released) {
            return;
        }
        party.operations().begin(holders.howToBegin());
        party.turn();
        world.note(this, "turn");
        flush();
        planDeadline();
    }

    private void woken() {
        if (world.fault() == Fault.LOST_WAKE_UP && choices.oneIn(20)) {
            return;
        }
        loop.isDue(this);
    }

    private void planDeadline() {
        OptionalLong next = party.tls().nextDeadlineNanos();
        if (!party.isOver() && next.isPresent() && !next.equals(deadline)) {
            deadline = next;
            loop.at(next.getAsLong(), () -> loop.isDue(this));
        }
    }

    // ---- the network

    private long delay() {
        return choices.below(20) * MILLISECOND;
    }

    /** In the order in which they were sent. */
    private void toServer() {
        client.deliver(choices, this::arrivesAtServer);
    }

    private void arrivesAtServer(byte[] bytes) {
        lastToServer = Math.max(lastToServer, loop.now() + delay());
        loop.after(lastToServer - loop.now(), () -> {
            if (!released) {
                party.receives(bytes);
                loop.isDue(this);
            }
        });
    }

    /** Sends what the network takes now, and the rest later; a connection without room has its turn then. */
    private void flush() {
        if (released) {
            return;
        }
        byte[] bytes = party.takeOutput(window);
        if (bytes.length > 0) {
            lastToClient = Math.max(lastToClient, loop.now() + delay());
            loop.after(lastToClient - loop.now(), () -> {
                client.receives(bytes);
                toServer();
            });
        }
        if (party.isOver() && !party.hasOutput()) {
            release();
        } else if (!flushPlanned && (party.hasOutput() || party.isBlocked())) {
            flushPlanned = true;
            loop.after(MILLISECOND, () -> {
                flushPlanned = false;
                flush();
                if (party.isBlocked()) {
                    loop.isDue(this);
                }
            });
        }
    }

    // ---- what is behind the connection

    private void ended(Operations.Operation<?> operation, End how) {
        world.note(this, operation.kind() + " " + how);
        operation.wakes();
    }

    private void misbehaves() {
        if (released) {
            return;
        }
        int what = choices.below(10);
        world.note(this, "act " + what);
        switch (what) {
            case 0 -> {
                party.streamEnds();
                loop.isDue(this);
            }
            case 1 -> {
                party.closes();
                flush();
            }
            case 2 ->
                party.does((tls, out) -> {
                    if (tls.isEstablished()) {
                        tls.renegotiate();
                    }
                });
            case 3 -> party.does((tls, out) -> tls.fail(new IllegalStateException("the application cannot"), out));
            default -> {
                Hostile.sends(client, choices);
                toServer();
            }
        }
        loop.isDue(this);
    }

    // ---- what must be true

    /** After every event: a result that is ready is fetched in a turn that is to come, or the wake-up was lost. */
    void check() {
        Operations.Operation<?> pending = party.operations().pending();
        Expect.that(
                pending == null || !pending.isReady() || loop.awaitsTurn(this),
                "an operation has ended, and its connection has no turn to come");
    }

    private void release() {
        released = true;
        if (client.isHonest()) {
            party.requireWiped(client.scripted().secrets());
        }
        if (world.fault() != Fault.LEAKED_BUFFER || party.failure() == null) {
            party.release();
        }
        loop.after(Math.max(0, lastToClient - loop.now()), () -> {
            Expect.that(!fair || client.isContent(), this + ": a fair visit ends badly: " + party.failure());
            if (client.isContent() && client.isHonest()) {
                server.remember(client.session());
            }
            world.leaves(this);
        });
    }

    /** Whether the buffers have been given back, or should have been. */
    boolean isReleased() {
        return released;
    }

    boolean isContent() {
        return client.isContent();
    }

    @Override
    public String toString() {
        return "visit " + number + " (" + server + (fair ? ", fair)" : ")");
    }
}
