package dev.lockstep.nio;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsServerConnection;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The inner part of a {@link TlsChannel}: has the {@link ChannelEngine} move bytes between the socket and the TLS connection
 * until one of them has to wait, and knows what for.
 */
final class ChannelPump {

    static final ByteBuffer NO_ROOM = ByteBuffer.allocate(0);

    private final Transport transport;
    private final Aside aside;
    private final ChannelClock clock;
    private final ChannelEngine engine;
    private final Farewell farewell;

    /** {@link TlsChannel#READ} if the last read, or the last write, returned for lack of input. */
    private int readWaitsFor = TlsChannel.READ;

    private int writeWaitsFor;

    /** Whether the last read has given data: the application has to read again before it is called for more. */
    private boolean gave;

    ChannelPump(Opening opening, TlsServerConnection tls, Transport transport, BufferPool pool, ChannelClock clock) {
        this.transport = transport;
        this.aside = new Aside(pool);
        this.clock = clock;
        this.engine = new ChannelEngine(opening, tls, transport, aside, clock);
        this.farewell = new Farewell(transport, clock);
    }

    TlsServerConnection tls() {
        return engine.tls();
    }

    ChannelState state() {
        return engine.state();
    }

    boolean inputEnded() {
        return transport.inputEnded();
    }

    long bytesReceived() {
        return transport.received();
    }

    long bytesSent() {
        return transport.sent();
    }

    /** Returns whether the last write returned because a renegotiation must read first. */
    boolean writeWaitsForInput() {
        return writeWaitsFor != 0;
    }

    /** Grows whenever something moved, so that a caller can tell whether others that wait may have more luck now. */
    long progress() {
        return engine.progress();
    }

    /** What every call does first: deadlines, then output. */
    void begin() throws IOException {
        engine.begin();
        if (clock.isOwnDue()) {
            throw new SocketTimeoutException(
                    state() == ChannelState.HELLO ? "no complete ClientHello in time" : "silent for too long");
        }
        if (clock.isDue(tls().nextDeadlineNanos())) {
            engine.step();
            if (clock.isDue(tls().nextDeadlineNanos())) {
                // The step stopped at output that the client does not read, before it came to the deadline.
                throw new SocketTimeoutException("the client does not read, and the handshake's time is over");
            }
        }
        engine.flush();
    }

    /** What every call does last. */
    void settle() {
        if (state() != ChannelState.CLOSED) {
            boolean ended = tls().isClosed() && !tls().wantsOutput() && tls().failure() == null && aside.isEmpty();
            if (ended && !state().isClosing()) {
                engine.moveTo(ChannelState.ENDED);
            }
            transport.releaseIdleBuffers();
            clock.waitsFor(tls().suspension(), state());
        }
    }

    int read(ByteBuffer dst) throws IOException {
        readWaitsFor = 0;
        gave = false;
        int read = aside.isEmpty() || !dst.hasRemaining() ? pull(dst) : aside.take(dst);
        engine.flush();
        gave = read > 0;
        return read;
    }

    /** Moves a handshake as far as it needs no input that the application does not ask for. */
    void onDeadline() throws IOException {
        boolean before = gave;
        read(NO_ROOM);
        gave = before;
        readWaitsFor = before ? 0 : readWaitsFor;
    }

    long write(ByteBuffer[] srcs) throws IOException {
        writeWaitsFor = 0;
        if (!tls().isEstablished()) {
            pull(NO_ROOM);
        }
        long written = 0;
        StepResult result = StepResult.PROGRESSED;
        // A record is begun in an empty buffer only: up to 2^14 bytes stay one record.
        while (tls().isEstablished() && Gather.hasRemaining(srcs) && engine.flush()) {
            long before = Gather.remaining(srcs);
            result = tls().write(srcs, transport.output());
            written += before - Gather.remaining(srcs);
            if (!goesOn(result)) {
                break;
            }
        }
        engine.flush();
        if (result == StepResult.CLOSED || tls().isClosed()) {
            throw new ClosedChannelException(); // the client has ended it, perhaps in a handshake that came first
        }
        return written;
    }

    /** Asks for the answer that is waited for, seals what is queued and sends it; returns whether the socket has taken all. */
    boolean seal() throws IOException {
        boolean asks = tls().suspension() != null;
        while (tls().isEstablished() && (asks || tls().wantsOutput())) {
            asks = false;
            StepResult result = engine.step();
            if (result != StepResult.PROGRESSED && !(result == StepResult.NEED_OUTPUT && transport.flush())) {
                break;
            }
        }
        return engine.flush() && !(tls().isEstablished() && tls().wantsOutput());
    }

    boolean shutdownOutput() throws IOException {
        writeWaitsFor = 0;
        if (!tls().isEstablished()) {
            pull(NO_ROOM);
        }
        while (tls().isEstablished() || tls().isClosed()) {
            StepResult result = tls().closeOutput(transport.output());
            if (result == StepResult.CLOSED) {
                if (!tls().isClosed()) { // else the client has ended both directions
                    engine.moveTo(ChannelState.HALF_CLOSED);
                }
                engine.flush();
                return true;
            }
            if (!goesOn(result)) {
                break;
            }
        }
        return false;
    }

    int heldBytes() {
        return tls().heldBytes() + transport.heldBytes() + aside.heldBytes();
    }

    /**
     * Begins or continues the farewell, and returns whether the socket is closed.
     *
     * @param fault why it begins with internal_error and not with close_notify; null for a good end
     */
    boolean farewell(@Nullable Throwable fault) {
        if (state() == ChannelState.CLOSED) {
            return true;
        }
        try {
            if (!state().isClosing()) {
                beginFarewell(fault);
            }
            if (state() == ChannelState.FLUSHING && engine.flush()) {
                if (farewell.shutDownOutput()) {
                    engine.moveTo(ChannelState.DRAINING);
                } else {
                    abort();
                }
            }
            boolean ended = state() == ChannelState.DRAINING && farewell.drain();
            if (ended || clock.isOwnDue()) {
                abort();
            }
        } catch (IOException e) {
            abort(); // the socket has failed: nothing more reaches the client
        }
        settle();
        return state() == ChannelState.CLOSED;
    }

    private void beginFarewell(@Nullable Throwable fault) throws IOException {
        aside.clear();
        boolean plain = engine.isPlainHttp();
        engine.moveTo(ChannelState.FLUSHING);
        if (!farewell.begin(tls(), fault, plain)) {
            abort();
        }
    }

    void abort() {
        engine.abort();
    }

    OptionalLong deadlineNanos() {
        if (state() == ChannelState.CLOSED) {
            return OptionalLong.empty();
        }
        return state().isClosing() ? OptionalLong.of(clock.ownDeadline()) : clock.earliest(tls().nextDeadlineNanos());
    }

    int interest(boolean healthy) {
        int write = transport.hasOutput() ? TlsChannel.WRITE : 0;
        if (state().isClosing()) {
            return state() == ChannelState.DRAINING ? TlsChannel.READ : write;
        }
        if (!healthy || state().hasNoInput()) {
            return write;
        }
        boolean reads = !transport.inputEnded()
                && transport.hasRoom()
                && (!tls().isEstablished() || (readWaitsFor | writeWaitsFor) != 0);
        return write | (reads ? TlsChannel.READ : 0) | (tls().suspension() != null ? TlsChannel.WAKE : 0);
    }

    /** Moves the connection until there is data, or it waits. Without room in {@code dst} only the handshake moves. */
    private int pull(ByteBuffer dst) throws IOException {
        int begin = dst.position();
        // In a renegotiation an answer moves the handshake without input. Whether the client has left, reads tell.
        boolean asks = tls().isEstablished() && tls().suspension() != null && !dst.hasRemaining();
        while (true) {
            boolean steps = asks || !tls().isEstablished() || tls().wantsOutput();
            if (!steps && !dst.hasRemaining()) {
                readWaitsFor = TlsChannel.READ;
                return 0;
            }
            StepResult result = steps ? engine.step() : engine.readRecord(dst);
            if (dst.position() > begin) {
                return dst.position() - begin;
            }
            if (!aside.isEmpty() && (dst.hasRemaining() || result == StepResult.CLOSED)) {
                return aside.take(dst);
            }
            if (result == StepResult.CLOSED) {
                engine.moveTo(tls().isEstablished() ? ChannelState.INPUT_ENDED : ChannelState.ENDED);
                return -1;
            }
            if (!asks && !engine.moves(result)) {
                readWaitsFor = result == StepResult.NEED_OUTPUT ? 0 : TlsChannel.READ;
                return 0;
            }
            asks = false;
        }
    }

    /** Whether to call a writing method again. In a renegotiation the client's next message comes first. */
    private boolean goesOn(StepResult result) throws IOException {
        if (result != StepResult.NEED_INPUT) {
            return engine.moves(result);
        }
        aside.requireRoom();
        StepResult heard = tls().wantsOutput() ? engine.step() : engine.readAside();
        // What ended is said by the caller, a handshake as well: after an abbreviated one nothing more may come.
        boolean again = heard == StepResult.CLOSED || !tls().isHandshaking() || engine.moves(heard);
        writeWaitsFor = again ? 0 : TlsChannel.READ;
        return again;
    }
}
