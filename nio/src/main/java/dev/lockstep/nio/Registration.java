package dev.lockstep.nio;

import java.nio.channels.SelectionKey;

/** What the selector and the tables of a loop know of one connection: its interest, deadline, place and bytes. */
final class Registration {

    /** What a connection takes of the heap beside its TLS, in bytes: its socket, its places in tables, its handler. */
    private static final int COST_BESIDE_TLS = 4096;

    private final Connection connection;
    private final TlsLoop loop;
    private final TlsChannel tls;
    private final SelectionKey key;
    private final Deadlines.Entry deadline;
    private final Holdings.Entry holding;

    Registration(Connection connection, SelectionKey key) {
        this.connection = connection;
        this.loop = connection.loop;
        this.tls = connection.tls;
        this.key = key;
        this.deadline = new Deadlines.Entry(connection.id, connection);
        this.holding = new Holdings.Entry(connection);
    }

    /**
     * After each turn of an open connection: tells what it waits for now.
     *
     * @param leavesInput whether what the client sends waits in the kernel
     * @param received how many bytes of memory received data takes
     */
    void update(boolean leavesInput, int received) {
        loop.places().update(connection);
        loop.holdings().update(holding, COST_BESIDE_TLS + tls.heldBytes() + received, !tls.isEstablished());
        int interest = tls.interest() & TlsChannel.SOCKET;
        if (leavesInput && tls.isEstablished() && !tls.pump().writeWaitsForInput()) {
            interest &= ~TlsChannel.READ;
        }
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
        loop.deadlines().require(deadline, tls.deadlineNanos());
        loop.deadlines().require(deadline, connection.duplex().alarm());
    }

    /** The connection is over. */
    void end() {
        key.cancel();
        loop.counters().closed.increment();
        loop.places().remove(connection);
        loop.holdings().remove(holding);
        loop.deadlines().remove(deadline);
    }

    /** The connection holds nothing that counts any more. */
    void forgetHoldings() {
        loop.holdings().remove(holding);
    }
}
