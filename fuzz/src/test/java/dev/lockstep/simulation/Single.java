package dev.lockstep.simulation;

import dev.lockstep.simulation.Operations.Begin;
import dev.lockstep.simulation.Operations.End;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.TlsServerConnection;

/** One connection on which events happen that are chosen one by one. */
public final class Single {

    private static final int MOST_EVENTS = 120;
    private static final int SMALL_FRAGMENT = 16;

    private final FakeClock clock;
    private final Choices choices;
    private final Party party;
    private final Client client;

    /** A connection of {@code server}, whose clock is {@code clock}. */
    public Single(Server server, FakeClock clock, Choices choices) {
        this.clock = clock;
        this.choices = choices;
        int form = choices.below(4);
        int room = (form & 1) == 0 ? TlsServerConnection.NETWORK_BUFFER_SIZE : Party.LEAST_OUTPUT;
        this.party = new Party(server, new Operations(Fault.NONE), new Buffers(2), room, () -> {});
        this.client = new Client(server.client(1));
        if ((form & 2) != 0) {
            client.scripted().fragmentsOf(SMALL_FRAGMENT);
        }
    }

    /** Lets things happen until nothing is left to choose, and closes the connection. */
    public void run() {
        client.begins();
        for (int events = 0; events < MOST_EVENTS && !choices.isOver() && !party.isOver(); events++) {
            happens();
            client.takeRecords().forEach(party::receives);
            party.turn();
            client.receives(party.takeOutput(Integer.MAX_VALUE));
        }
        while (!party.isOver()) {
            party.closes();
            client.receives(party.takeOutput(Integer.MAX_VALUE));
        }
        if (client.isHonest()) {
            party.requireWiped(client.scripted().secrets());
        }
    }

    private void happens() {
        switch (choices.below(20)) {
            case 0, 1, 2 -> ends(End.DONE);
            case 3 -> ends(End.FAILED);
            case 4 -> ends(choices.below(2) == 0 ? End.THROWS : End.ERROR);
            case 5 -> {
                Operations.Operation<?> pending = party.operations().pending();
                if (pending != null) {
                    pending.wakes();
                }
            }
            case 6 -> {
                Begin[] all = Begin.values();
                party.operations().begin(all[choices.below(all.length)]);
            }
            case 7 -> clock.advance(Server.OPERATION);
            case 8 -> clock.advance(Server.HANDSHAKE);
            case 9 -> {
                if (choices.oneIn(2)) {
                    party.closes();
                }
            }
            case 10 ->
                party.does((tls, out) -> {
                    if (tls.isEstablished()) {
                        tls.closeOutput(out);
                    }
                });
            case 11 ->
                party.does((tls, out) -> {
                    if (tls.isEstablished()) {
                        tls.renegotiate();
                    }
                });
            case 12 -> party.streamEnds();
            case 13 ->
                party.does((tls, out) -> {
                    if (choices.oneIn(2)) {
                        tls.fail(new IllegalStateException("the application cannot continue"), out);
                    }
                });
            case 14 ->
                party.does((tls, out) -> {
                    if (tls.isEstablished()) {
                        tls.invalidateSession();
                    }
                });
            default -> Hostile.sends(client, choices);
        }
    }

    private void ends(End how) {
        Operations.Operation<?> pending = party.operations().pending();
        if (pending != null && pending.ends(how)) {
            pending.wakes();
        }
    }
}
