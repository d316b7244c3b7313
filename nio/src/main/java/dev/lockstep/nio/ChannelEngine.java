package dev.lockstep.nio;

import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The TLS connection of a channel over the buffers of its socket: each method makes one call of TLS, or of the socket, and notes
 * what that has moved.
 */
final class ChannelEngine {

    private final Opening opening;
    private final Transport transport;
    private final Aside aside;
    private final ChannelClock clock;

    /** Another one when what comes before TLS has named the client. */
    private TlsServerConnection tls;

    private ChannelState state = ChannelState.HELLO;

    /** Whether this call has read the socket: once for each call, so that one client cannot keep the thread. */
    private boolean fetched;

    private long progress;

    ChannelEngine(Opening opening, TlsServerConnection tls, Transport transport, Aside aside, ChannelClock clock) {
        this.opening = opening;
        this.tls = tls;
        this.transport = transport;
        this.aside = aside;
        this.clock = clock;
    }

    TlsServerConnection tls() {
        return tls;
    }

    ChannelState state() {
        return state;
    }

    void moveTo(ChannelState next) {
        state = next;
    }

    /** Grows whenever something moved, so that a caller can tell whether others that wait may have more luck now. */
    long progress() {
        return progress;
    }

    /** A call of the channel begins, which may read the socket once. */
    void begin() {
        fetched = false;
    }

    StepResult step() throws IOException {
        ByteBuffer in = transport.input();
        if (opening.awaitsPreface() && !takePreface(in)) {
            return StepResult.NEED_INPUT;
        }
        int before = in.remaining();
        StepResult result = tls.step(in, transport.output());
        noteProgress(in.remaining() < before);
        return result == StepResult.ESTABLISHED ? StepResult.PROGRESSED : result;
    }

    /** Returns whether the preface is complete. Who sends a wrong one speaks no TLS yet, and gets no answer. */
    private boolean takePreface(ByteBuffer in) throws IOException {
        TlsServerConnection next;
        try {
            next = opening.take(in, tls, transport.inputEnded());
        } catch (IOException e) {
            abort();
            throw e;
        }
        if (next == null) {
            return false;
        }
        tls = next;
        if (isPlainHttp()) {
            throw new PlainHttpException();
        }
        return true;
    }

    /** Whether the very first bytes are a request of HTTP. */
    boolean isPlainHttp() {
        return state == ChannelState.HELLO && opening.isPlainHttp(transport.input(), transport.received());
    }

    /** Reads a record into {@code dst}, or aside when there is no room for the whole of it. */
    StepResult readRecord(ByteBuffer dst) throws IOException {
        ByteBuffer in = transport.input();
        int before = in.remaining();
        StepResult result = tls.read(in, dst);
        noteProgress(in.remaining() < before);
        if (result == StepResult.NEED_OUTPUT) {
            return readAside();
        }
        return result != StepResult.CLOSED && tls.wantsOutput() ? StepResult.PROGRESSED : result;
    }

    StepResult readAside() throws IOException {
        ByteBuffer in = transport.input();
        int before = in.remaining();
        StepResult result = aside.read(tls, in);
        noteProgress(in.remaining() < before);
        return result != StepResult.CLOSED && tls.wantsOutput() ? StepResult.PROGRESSED : result;
    }

    /** Whether to call again after {@code result}: reads or writes the socket if that is what was missing. */
    boolean moves(StepResult result) throws IOException {
        boolean moves =
                switch (result) {
                    case PROGRESSED, ESTABLISHED -> true;
                    case NEED_OUTPUT -> transport.flush();
                    // a suspended connection learns by reading that its client has left
                    case NEED_INPUT, ASYNC_IN_PROGRESS -> fetch();
                    case CLOSED -> false;
                };
        progress += moves ? 1 : 0;
        return moves;
    }

    /** Reads the socket, once in a call. */
    private boolean fetch() throws IOException {
        if (fetched || transport.inputEnded() || !transport.hasRoom()) {
            return false;
        }
        fetched = true;
        boolean received = transport.receive();
        if (isPlainHttp()) {
            throw new PlainHttpException();
        }
        if (transport.inputEnded()) {
            tls.inputClosed();
        }
        return received || transport.inputEnded();
    }

    /** Writes to the socket, and returns whether nothing is left. */
    boolean flush() throws IOException {
        if (!transport.hasOutput()) {
            return true;
        }
        progress += transport.flush() ? 1 : 0;
        if (transport.hasOutput()) {
            return false;
        }
        clock.touch(state);
        return true;
    }

    private void noteProgress(boolean wholeRecord) {
        if (state == ChannelState.HELLO && (transport.hasOutput() || tls.suspension() != null)) {
            state = ChannelState.HANDSHAKE; // the ClientHello was complete: it has an answer, or something is asked for
            clock.touch(state);
        }
        if (state.compareTo(ChannelState.OPEN) < 0 && tls.isEstablished()) {
            state = ChannelState.OPEN;
        }
        if (wholeRecord) {
            clock.touch(state);
        }
    }

    /** Closes the socket immediately, and clears the secrets. */
    void abort() {
        if (state == ChannelState.CLOSED) {
            return;
        }
        state = ChannelState.CLOSED;
        try {
            tls.abort();
        } finally {
            aside.clear();
            transport.close();
        }
    }
}
