package dev.lockstep.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/** Moves data between the channel and the handler of a connection, a step at a time, in the order that {@link Stage} has. */
final class Exchange {

    /** The most steps in one turn: then it is the others' turn. */
    private static final int STEPS_IN_A_TURN = 16;

    private final Connection connection;
    private final TlsLoop loop;
    private final TlsChannel tls;
    private final Duplex duplex;
    private final Handler handler;
    private final SendQueue sending = new SendQueue();
    private final ReceivedRecord record;
    private final Progress progress = new Progress();
    private Stage stage = Stage.HANDSHAKE;
    private boolean established;
    private boolean endTold;

    Exchange(Connection connection, Duplex duplex, Handler handler) {
        this.connection = connection;
        this.loop = connection.loop;
        this.tls = connection.tls;
        this.duplex = duplex;
        this.handler = handler;
        this.record = new ReceivedRecord(loop.buffers());
    }

    /** Takes a bounded number of steps. */
    void steps() throws IOException {
        for (int i = 0; i < STEPS_IN_A_TURN; i++) {
            if (!step()) {
                return;
            }
        }
        loop.work().continueLater(connection);
    }

    /** Sends what waits, else reads; returns false when it waits for the socket, the key or the handler. */
    private boolean step() throws IOException {
        if (!tls.isOpen()) {
            return false; // the handler has aborted it
        }
        if (stage == Stage.FAREWELL) {
            tls.close();
            return false;
        }
        if (tls.state() == ChannelState.ENDED && !endTold) {
            dropUnsent();
            return receive(); // another call than a read has met the end
        }
        if (!sending.isEmpty()) {
            boolean moved = sendWaiting();
            return moved || (duplex.reads() && receive());
        }
        if (stage == Stage.CLOSING) {
            stage = Stage.FAREWELL;
            return true;
        }
        if (stage == Stage.SHUTTING_DOWN) {
            boolean sealed = tls.shutdownOutput();
            progress.tell(connection, handler);
            stage = sealed ? Stage.HALF_CLOSED : stage;
            return sealed;
        }
        if (duplex.isPaused()) {
            tls.onDeadline(); // moves a renegotiation as far as it needs no input
            progress.tell(connection, handler);
            return tls.state() == ChannelState.ENDED;
        }
        return !tls.state().hasNoInput() && receive();
    }

    private boolean sendWaiting() throws IOException {
        long written;
        try {
            written = sending.writeTo(tls);
        } catch (ClosedChannelException e) {
            dropUnsent();
            return receive(); // the client's close_notify came in the handshake that the write waited for
        }
        progress.tell(connection, handler);
        if (!tls.isOpen()) {
            return false; // the handler has just aborted it
        }
        if (!sending.isEmpty()) {
            return written > 0;
        }
        record.release();
        loop.counters().sent.increment();
        handler.onSent(connection);
        return true;
    }

    /** Reads once; returns whether there may be more to do now. What was unsent before still waits for the socket. */
    private boolean receive() throws IOException {
        boolean waited = !sending.isEmpty();
        ByteBuffer into = record.next();
        int count = tls.read(into);
        progress.tell(connection, handler);
        boolean mayPassOn = duplex.mayPassOn(); // the handler may change that in its call, or later
        if (!tls.isOpen()) {
            record.releaseCurrent();
            return false; // the handler has just aborted it
        }
        if (count > 0 && hears()) {
            handler.onData(connection, into.flip());
        } else if (count < 0) {
            ended();
        }
        if (count > 0 && mayPassOn && !sending.isEmpty()) {
            record.keep();
        } else {
            record.releaseCurrent();
        }
        boolean ends = stage == Stage.CLOSING || stage == Stage.SHUTTING_DOWN;
        return count > 0 || (sending.isEmpty() ? ends : !waited);
    }

    /** A handler that has closed, as when it refuses an established client, hears no more, but for another stream. */
    private boolean hears() {
        return stage.compareTo(Stage.CLOSING) < 0 || duplex.isIndependent();
    }

    /** RFC 5246 7.2.1: after the client's close_notify pending writes are discarded, unless they may be sent. */
    private void ended() throws IOException {
        endTold = true;
        if (tls.state() != ChannelState.INPUT_ENDED) {
            dropUnsent();
        }
        handler.onEnd(connection);
    }

    /** Returns whether the first handshake has come to its end since the last call. */
    boolean opens() {
        boolean opens = !established && tls.isEstablished();
        established |= opens;
        stage = opens && stage == Stage.HANDSHAKE ? Stage.OPEN : stage; // the handler may have ended its output before
        return opens;
    }

    /** From now on nothing follows but the farewell of the channel. Returns whether that is new. */
    boolean beginsFarewell() {
        boolean begins = stage.compareTo(Stage.FAREWELL) < 0;
        stage = begins ? Stage.FAREWELL : stage;
        return begins;
    }

    /** The socket is closed. Returns whether that is new. */
    boolean ends() {
        boolean ends = stage != Stage.OVER;
        stage = Stage.OVER;
        return ends;
    }

    boolean isOver() {
        return stage == Stage.OVER;
    }

    void dropUnsent() {
        sending.clear();
        record.release();
    }

    void send(ByteBuffer data) {
        if (canSend() && data.hasRemaining()) {
            sending.add(data);
        }
    }

    boolean canSend() {
        return stage.compareTo(Stage.SHUTTING_DOWN) < 0 && tls.state().compareTo(ChannelState.ENDED) < 0;
    }

    /** Returns how many bytes of memory received data takes. */
    int heldBytes() {
        return record.heldBytes();
    }

    boolean hasUnsent() {
        return !sending.isEmpty();
    }

    void shutdownOutput() {
        if (stage.compareTo(Stage.SHUTTING_DOWN) < 0) {
            stage = Stage.SHUTTING_DOWN;
        }
    }

    void close() {
        if (stage.compareTo(Stage.CLOSING) < 0) {
            stage = Stage.CLOSING;
        }
    }
}
