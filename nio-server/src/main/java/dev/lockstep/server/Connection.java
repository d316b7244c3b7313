package dev.lockstep.server;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.wait.Suspension;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the loop: steps its TLS state machine with what the socket gives and takes. Everything but
 * {@link #claimWake} runs on the selector thread.
 *
 * <p>It ends in three phases, because a socket that is closed with unread input is reset, and a reset can overtake the
 * alert or the page on its way: the last output is flushed, then the output is shut down, then the input is drained.
 */
final class Connection implements Session {

    private enum Phase {
        OPEN,
        FLUSHING,
        DRAINING,
        CLOSED
    }

    /** Records of data that may wait behind a handshake of an established connection. */
    private static final int MAX_BACKLOG = 16;

    final long id;
    final Deadlines.Entry deadline;
    private final EventLoop loop;
    private final Transport transport;
    private final SelectionKey key;
    private final TlsServerConnection tls;
    private final Application application;
    private final KeyWait keyWait = new KeyWait();
    private final AtomicBoolean wakeQueued = new AtomicBoolean();

    private Phase phase = Phase.OPEN;
    private @Nullable ByteBuffer record;
    private @Nullable ByteBuffer sending;
    private final Deque<ByteBuffer> backlog = new ArrayDeque<>(0);
    private boolean hearsFirst;
    private boolean closeWhenSent;
    private boolean handshakeCounted;
    private long phaseEnds;

    Connection(
            long id, EventLoop loop, SelectionKey key, Transport transport, TlsServerConnection tls, Application app) {
        this.id = id;
        this.loop = loop;
        this.key = key;
        this.transport = transport;
        this.tls = tls;
        this.application = app;
        this.deadline = new Deadlines.Entry(id, this);
        this.phaseEnds = loop.now() + loop.limits().idle();
    }

    /** Any thread: whether the caller shall queue this connection, which is not in the wake queue yet. */
    boolean claimWake() {
        return wakeQueued.compareAndSet(false, true);
    }

    /** The wake queue came to this connection. The claim ends before the step, so that no later wake is lost. */
    void onWake() {
        wakeQueued.set(false);
        proceed(false);
    }

    /** The socket can be read or written. */
    void onReady() {
        proceed(key.isValid() && key.isReadable());
    }

    /** A time limit may have passed. */
    void onDeadline() {
        if (phaseEnds - loop.now() > 0) {
            proceed(false); // the TLS connection's own limit, if it is one: step finds out
        } else if (phase == Phase.OPEN) {
            loop.trace().note(id, "silent for too long");
            guarded(this::finish);
        } else {
            end();
        }
    }

    private void proceed(boolean readable) {
        guarded(() -> {
            if (phase == Phase.DRAINING) {
                drain();
                return;
            }
            if (readable && transport.receive()) {
                phaseEnds = loop.now() + loop.limits().idle();
            }
            if (transport.inputEnded()) {
                tls.inputClosed();
            }
            if (phase == Phase.OPEN) {
                run();
            }
            if (transport.flush() && phase == Phase.OPEN) {
                phaseEnds = loop.now() + loop.limits().idle();
            }
            if (phase == Phase.FLUSHING && !transport.hasOutput()) {
                shutDownOutput();
            }
        });
    }

    /** Runs {@code work} and settles afterwards what the selector shall watch. */
    private void guarded(Work work) {
        if (phase == Phase.CLOSED) {
            return;
        }
        loop.trace().enter(id);
        try {
            work.run();
        } catch (IOException e) {
            end(); // the socket is gone; there is nobody to tell
        } catch (RuntimeException e) {
            // The boundary of the loop: a defect met by one connection must not end the others.
            loop.trace().defect(id, e);
            end();
        }
        settle();
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    /** Calls the TLS connection until it waits for somebody else. */
    private void run() throws IOException {
        try {
            StepResult result;
            do {
                result = next();
                loop.counters().steps++;
                if (result == StepResult.ASYNC_IN_PROGRESS) {
                    Suspension suspension = tls.suspension();
                    keyWait.begin(suspension == null ? loop.now() : suspension.sinceNanos(), loop.counters());
                    keyWait.ownStep();
                    transport.flush(); // ServerHello and Certificate are on their way while the key works
                    return;
                }
                keyWait.end(loop.now(), loop.counters());
                if (result == StepResult.CLOSED) {
                    finish();
                    return;
                }
            } while (phase == Phase.OPEN
                    && (result == StepResult.PROGRESSED || (result == StepResult.NEED_OUTPUT && transport.flush())));
        } catch (TlsException e) {
            loop.counters().failed++;
            keyWait.end(loop.now(), loop.counters());
            finish();
        }
    }

    /** One call of the TLS connection. ESTABLISHED is turned into what follows from it. */
    private StepResult next() throws IOException {
        if (!tls.isEstablished() || tls.wantsOutput()) {
            StepResult result = tls.step(transport.input(), transport.output());
            return result == StepResult.ESTABLISHED ? StepResult.PROGRESSED : result;
        }
        if (!handshakeCounted) {
            handshakeCounted = true;
            loop.counters().handshakes++;
        }
        if (sending != null) {
            StepResult result = sendOn(sending);
            hearsFirst = result == StepResult.NEED_INPUT;
            return hearsFirst ? receiveBeside() : result;
        }
        if (closeWhenSent) {
            return StepResult.CLOSED;
        }
        ByteBuffer waiting = backlog.poll();
        if (waiting != null) {
            record = waiting;
            return deliver(waiting);
        }
        return nothingToRead() ? StepResult.NEED_INPUT : receiveRecord();
    }

    private boolean nothingToRead() {
        return !transport.hasInput() && !transport.inputEnded() && tls.suspension() == null;
    }

    /**
     * A handshake on the established connection must hear from the client before the answer can go out. Data that comes
     * first is legal (RFC 5246 section 6.2.1) and is kept until then, within bounds.
     */
    private StepResult receiveBeside() throws IOException {
        if (nothingToRead()) {
            return StepResult.NEED_INPUT;
        }
        ByteBuffer into = loop.buffers().take();
        StepResult result = tls.read(transport.input(), into.clear());
        if (result != StepResult.PROGRESSED) {
            loop.buffers().giveWiped(into);
            return result != StepResult.CLOSED && tls.wantsOutput() ? StepResult.PROGRESSED : result;
        }
        backlog.add(into.flip());
        if (backlog.size() > MAX_BACKLOG) {
            throw new IOException("the client sends data and does not go on with its handshake");
        }
        return StepResult.PROGRESSED;
    }

    private StepResult sendOn(ByteBuffer data) throws TlsException {
        // A record is not begun where it might not fit: one send of up to 2^14 bytes stays one record.
        if (transport.hasOutput()) {
            return StepResult.NEED_OUTPUT;
        }
        StepResult result = tls.write(data, transport.output());
        if (result != StepResult.ESTABLISHED) {
            return result;
        }
        sending = null;
        releaseRecord();
        loop.counters().answered++;
        return StepResult.PROGRESSED;
    }

    private StepResult receiveRecord() throws TlsException {
        ByteBuffer into = record != null ? record : loop.buffers().take();
        record = into;
        StepResult result = tls.read(transport.input(), into.clear());
        if (result == StepResult.PROGRESSED) {
            return deliver(into.flip());
        }
        releaseRecord();
        // a message of the peer's may have an answer (no_renegotiation, another handshake): step writes it
        return result != StepResult.CLOSED && tls.wantsOutput() ? StepResult.PROGRESSED : result;
    }

    private StepResult deliver(ByteBuffer content) {
        application.onRecord(content, this);
        if (sending == null) {
            releaseRecord();
        }
        return StepResult.PROGRESSED;
    }

    @Override
    public void send(ByteBuffer data) {
        if (sending != null) {
            throw new IllegalStateException("one send for each record received");
        }
        sending = data;
    }

    @Override
    public void closeWhenSent() {
        closeWhenSent = true;
    }

    @Override
    public ConnectionInfo info() {
        return tls.info();
    }

    @Override
    public KeyWait keyWait() {
        return keyWait;
    }

    /** Says the last word of TLS: close_notify, or the alert of the failure. */
    private void finish() throws IOException {
        sending = null;
        while (tls.close(transport.output()) == StepResult.NEED_OUTPUT) {
            if (!transport.flush()) {
                end(); // the peer does not even read; it has had its time
                return;
            }
        }
        enter(Phase.FLUSHING);
        transport.dropInput();
        transport.flush();
        if (!transport.hasOutput()) {
            shutDownOutput();
        }
    }

    private void shutDownOutput() throws IOException {
        if (transport.inputEnded()) {
            end();
            return;
        }
        transport.shutDownOutput();
        enter(Phase.DRAINING);
        drain();
    }

    private void drain() throws IOException {
        if (transport.drain(loop.limits().farewellBytes())) {
            end();
        }
    }

    private void enter(Phase next) {
        phase = next;
        phaseEnds = loop.now() + loop.limits().farewell();
    }

    /** Frees everything. Safe to call more than once, and at any time. */
    void end() {
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.CLOSED;
        loop.trace().enter(id);
        ByteBuffer last = loop.buffers().take();
        tls.close(last); // cancels a pending operation and clears the secrets; what it writes has no reader
        loop.buffers().give(last);
        sending = null;
        releaseRecord();
        backlog.forEach(loop.buffers()::giveWiped);
        backlog.clear();
        transport.close();
        key.cancel();
        loop.forget(this);
    }

    private void releaseRecord() {
        if (record != null) {
            loop.buffers().giveWiped(record);
            record = null;
        }
    }

    /** Tells the selector and the deadlines what this connection waits for now. */
    void settle() {
        if (phase == Phase.CLOSED || !key.isValid()) {
            return;
        }
        transport.releaseIdleBuffers();
        // While an answer waits for room, or what came is not used yet, further input waits in the kernel.
        boolean read = !transport.inputEnded()
                && (phase == Phase.DRAINING || ((sending == null || hearsFirst) && transport.hasRoom()));
        int interest = (phase != Phase.FLUSHING && read ? SelectionKey.OP_READ : 0)
                | (transport.hasOutput() ? SelectionKey.OP_WRITE : 0);
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
        loop.deadlines().require(deadline, OptionalLong.of(phaseEnds));
        if (phase == Phase.OPEN) {
            loop.deadlines().require(deadline, tls.nextDeadlineNanos());
        }
    }
}
