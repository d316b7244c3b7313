package dev.lockstep.simulation;

import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A connection with the loop of its application around it: the turns of {@link TlsServerConnection}'s example, an echo, and
 * buffers that may be small. After each turn it checks what must be true at any time.
 */
public final class Party {

    /** The least room that the connection needs to send something, in bytes. */
    static final int LEAST_OUTPUT = 1024;

    /** What a connection holds of its own, in bytes: less than the buffers that it is lent. */
    private static final int MOST_HELD = 48 * 1024;

    /** Its objects, and the client's chain, which an application may still ask for. */
    private static final int MOST_HELD_AFTER_END = 16 * 1024;

    private final Server server;
    private final Operations operations;
    private final TlsServerConnection tls;
    private final Buffers buffers;
    private final ByteBuffer netIn;
    private final ByteBuffer netOut;
    private final ByteBuffer appOut = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);
    private final ByteBuffer appIn =
            ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE).limit(0);
    private final Deque<byte[]> arrived = new ArrayDeque<>();
    private boolean streamEnded;
    private boolean closing;
    private boolean over;
    private StepResult last = StepResult.NEED_INPUT;
    private @Nullable TlsException failure;

    /**
     * A connection that waits for a ClientHello.
     *
     * @param buffers lends two until {@link #release}
     * @param outputRoom capacity of the output buffer, {@link #LEAST_OUTPUT} at least
     * @param onWake runs when the connection wants another turn
     */
    Party(Server server, Operations operations, Buffers buffers, int outputRoom, Runnable onWake) {
        this.server = server;
        this.operations = operations;
        this.buffers = buffers;
        this.netIn = buffers.lend(TlsServerConnection.NETWORK_BUFFER_SIZE);
        this.netOut = buffers.lend(outputRoom);
        // Behind a class of the JDK the search for secrets does not look: the handler knows all other connections.
        AtomicReference<Runnable> handler = new AtomicReference<>(onWake);
        this.tls = TlsServerConnection.create(
                server.config(), woken -> handler.get().run());
    }

    TlsServerConnection tls() {
        return tls;
    }

    Operations operations() {
        return operations;
    }

    /** Whether it has said all that it had to say. */
    boolean isOver() {
        return over;
    }

    @Nullable
    TlsException failure() {
        return failure;
    }

    /** Bytes have come from the client; the next turn sees them. */
    void receives(byte[] bytes) {
        arrived.add(bytes);
    }

    /** The client's stream has ended behind what has arrived. */
    void streamEnds() {
        streamEnded = true;
    }

    /** Whether the loop has something to send for it. */
    boolean hasOutput() {
        return netOut.position() > 0;
    }

    /** Whether the last turn stopped because there was no room for output. */
    boolean isBlocked() {
        return !over && (closing || last == StepResult.NEED_OUTPUT);
    }

    /** Gives the buffers back; nothing more happens to this connection. */
    void release() {
        buffers.giveBack(netIn);
        buffers.giveBack(netOut);
    }

    /** Takes at most so many bytes to send. */
    byte[] takeOutput(int most) {
        byte[] taken = new byte[Math.min(most, netOut.flip().remaining())];
        netOut.get(taken).compact();
        return taken;
    }

    /** What an application does beside reading and writing. */
    @FunctionalInterface
    interface Act {
        void on(TlsServerConnection tls, ByteBuffer netOut) throws TlsException;
    }

    /** Lets the application do something, if the connection is not over. */
    void does(Act act) {
        if (over || closing) {
            return;
        }
        server.enter(operations);
        try {
            act.on(tls, netOut);
        } catch (TlsException e) {
            fails(e);
        }
    }

    /** Closes it, as an application does that has had enough. */
    void closes() {
        closing = true;
        turn();
    }

    /** One turn of the loop, as {@link TlsServerConnection} has it. */
    void turn() {
        if (over) {
            return;
        }
        server.enter(operations);
        try {
            if (!closing) {
                last = exchange();
                closing = last == StepResult.CLOSED;
            }
        } catch (TlsException e) {
            fails(e);
        }
        operations.requireRules();
        if (closing && tls.close(netOut) == StepResult.CLOSED) {
            over = true;
            requireClean();
        }
    }

    private StepResult exchange() throws TlsException {
        StepResult result;
        int most = 200 + 2 * netIn.capacity();
        do {
            fill();
            result = StepResult.ESTABLISHED;
            netIn.flip();
            try {
                if (!tls.isEstablished() || tls.wantsOutput()) {
                    result = tls.step(netIn, netOut);
                }
                if (result == StepResult.ESTABLISHED && appIn.hasRemaining()) {
                    result = tls.write(appIn, netOut);
                }
                boolean reads = result == StepResult.ESTABLISHED || result == StepResult.NEED_INPUT;
                if (tls.isEstablished() && reads && !appIn.hasRemaining()) {
                    result = tls.read(netIn, appOut);
                    echo();
                }
            } finally {
                netIn.compact();
            }
            requireHonestWants(result);
            Expect.that(most-- > 0, "a turn without end");
        } while (result == StepResult.PROGRESSED
                || (result == StepResult.NEED_INPUT && hasMoreInput())
                || (appIn.hasRemaining() && result == StepResult.ESTABLISHED)
                || (tls.wantsOutput() && result != StepResult.NEED_OUTPUT && result != StepResult.CLOSED));
        return result;
    }

    private boolean hasMoreInput() {
        return !arrived.isEmpty() && netIn.hasRemaining();
    }

    /** Everything that was read goes back. */
    private void echo() {
        appIn.clear().put(appOut.flip()).flip();
        appOut.clear();
    }

    private void fill() {
        while (hasMoreInput()) {
            byte[] next = arrived.remove();
            int count = Math.min(next.length, netIn.remaining());
            netIn.put(next, 0, count);
            if (count < next.length) {
                arrived.addFirst(Bytes.slice(next, count, next.length - count));
            }
        }
        if (streamEnded && arrived.isEmpty()) {
            tls.inputClosed();
        }
    }

    private void fails(TlsException e) {
        Expect.that(failure == null || failure == e, "another failure than the first one");
        Expect.that(e == tls.failure() && tls.isClosed(), "not the connection's failure");
        failure = e;
        closing = true;
    }

    private void requireHonestWants(StepResult result) {
        Expect.that(tls.heldBytes() <= MOST_HELD, "it holds " + tls.heldBytes() + " bytes");
        if (tls.isClosed() || streamEnded || result == StepResult.CLOSED) {
            return;
        }
        Expect.that(tls.wantsInput() || tls.wantsOutput(), "it wants nothing and is not closed: " + result);
        boolean suspended = tls.suspension() != null;
        Expect.that(suspended == (operations.pending() != null), "suspended: " + suspended + ", and it is not so");
        Expect.that(!suspended || tls.nextDeadlineNanos().isPresent(), "suspended without a time limit");
    }

    /** After the end nothing is pending, nothing is wanted, nothing more is sent, and no secret is held. */
    private void requireClean() {
        operations.requireOver();
        SecretHunt.assertHandshakeHoldsNone(tls);
        Expect.that(tls.suspension() == null && !tls.wantsOutput(), "the connection is over and wants something");
        Expect.that(tls.heldBytes() <= MOST_HELD_AFTER_END, "after the end it holds " + tls.heldBytes() + " bytes");
        int before = netOut.position();
        Expect.that(tls.close(netOut) == StepResult.CLOSED && netOut.position() == before, "it closes twice");
    }

    /** Fails when a secret that the client knows stands in anything that the connection holds. */
    void requireWiped(List<byte[]> secrets) {
        SecretHunt.assertNoneIn(tls, secrets);
    }
}
