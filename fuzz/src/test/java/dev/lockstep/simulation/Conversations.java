package dev.lockstep.simulation;

import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.TlsServerConnection;

/** An honest conversation from beginning to end, in which every operation is done when it begins. */
final class Conversations {

    private static final int MAX_TURNS = 100;

    private Conversations() {}

    /** Completes one. */
    static ClientSession complete(Server server) {
        Operations operations = new Operations(Fault.NONE);
        operations.begin(Operations.Begin.READY);
        Party party = new Party(server, operations, new Buffers(2), TlsServerConnection.NETWORK_BUFFER_SIZE, () -> {});
        Client client = new Client(server.client(1));
        client.begins();
        for (int turns = 0; !party.isOver(); turns++) {
            Expect.that(turns < MAX_TURNS, server + ": an honest conversation without end");
            client.takeRecords().forEach(party::receives);
            party.turn();
            client.receives(party.takeOutput(Integer.MAX_VALUE));
        }
        Expect.that(client.isContent(), server + ": an honest conversation fails: " + party.failure());
        return client.session();
    }
}
