package dev.lockstep.nio;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link TlsLoop}: moves data between its channel and its handler. Everything but {@link #claimWake}
 * and {@link #execute} runs on the loop's thread.
 */
final class Connection extends ChannelSession {

    /** The most steps in one turn: then it is the others' turn. */
    private static final int STEPS_IN_A_TURN = 16;

    final long acceptedNanos;

    @Nullable
    Network network;

    private final Registration registration;
    private final Ending ending;
    private final Duplex duplex;
    private final Handler handler;
    private final AtomicBoolean wakeQueued = new AtomicBoolean();
    private final SendQueue sending = new SendQueue();
    private final ReceivedRecord record;
    private final Progress progress = new Progress();
    private Stage stage = Stage.HANDSHAKE;
    private boolean endTold;

    Connection(
            long id,
            TlsLoop loop,
            SelectionKey key,
            TlsChannel tls,
            @Nullable Preface preface,
            Handler handler,
            @Nullable Network network) {
        super(id, loop, tls, preface);
        this.acceptedNanos = loop.now();
        this.duplex = new Duplex(this, loop, tls, preface);
        this.handler = handler;
        this.record = new ReceivedRecord(loop.buffers());
        this.network = network;
        this.registration = new Registration(this, key);
        this.ending = new Ending(this);
    }

    /** Any thread: returns whether the caller must queue this connection, which is not in the wake queue yet. */
    boolean claimWake() {
        return wakeQueued.compareAndSet(false, true);
    }

    /** The wake queue came to this connection. The claim ends before the turn, so that no later wake-up is lost. */
    void onWake() {
        wakeQueued.set(false);
        onTurn();
    }

    /** Serves the connection for a bounded number of steps. */
    void onTurn() {
        guarded(this::steps);
    }

    /** The time may have come at which the connection wanted to be called. */
    void onDeadline() {
        long now = loop.now();
        guarded(() -> {
            tls.onDeadline();
            if (duplex.alarmRings()) {
                handler.onAlarm(this);
            }
            steps();
        });
        OptionalLong next = tls.deadlineNanos();
        if (next.isPresent() && next.getAsLong() - now <= 0) {
            // What was due is due still: it must not keep the thread. What fell due since then has its turn to come.
            guarded(() -> fail(new SocketTimeoutException("a deadline has passed without progress")));
            tls.abort();
            settle();
        }
    }

    private void steps() throws IOException {
        for (int i = 0; i < STEPS_IN_A_TURN; i++) {
            if (!step()) {
                return;
            }
        }
        loop.work().continueLater(this);
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
            progress.tell(this, handler);
            stage = sealed ? Stage.HALF_CLOSED : stage;
            return sealed;
        }
        if (duplex.isPaused()) {
            tls.onDeadline(); // moves a renegotiation as far as it needs no input
            progress.tell(this, handler);
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
        progress.tell(this, handler);
        if (!sending.isEmpty()) {
            return written > 0;
        }
        record.release();
        loop.counters().sent.increment();
        handler.onSent(this);
        return true;
    }

    /** Reads once; returns whether there may be more to do now. What was unsent before still waits for the socket. */
    private boolean receive() throws IOException {
        boolean waited = !sending.isEmpty();
        ByteBuffer into = record.next();
        int count = tls.read(into);
        progress.tell(this, handler);
        if (count > 0) {
            handler.onData(this, into.flip());
        } else if (count < 0) {
            ended();
        }
        if (count <= 0 || sending.isEmpty() || !duplex.keepsRecord()) {
            record.release();
        }
        boolean ends = stage == Stage.CLOSING || stage == Stage.SHUTTING_DOWN;
        return count > 0 || (sending.isEmpty() ? ends : !waited);
    }

    /** RFC 5246 7.2.1: after the client's close_notify pending writes are discarded, unless they may be sent. */
    private void ended() throws IOException {
        endTold = true;
        if (tls.state() != ChannelState.INPUT_ENDED) {
            dropUnsent();
        }
        handler.onEnd(this);
    }

    /** Returns whether the first handshake has come to its end since the last call. */
    boolean opens() {
        boolean opens = stage == Stage.HANDSHAKE && tls.isEstablished();
        stage = opens ? Stage.OPEN : stage;
        return opens;
    }

    /** Ends it in favour of others. */
    void evict(String why) {
        ending.evicted(why);
        guarded(tls::abort);
    }

    /** The loop ends: sends close_notify if that is true and the socket takes it now. */
    void end() {
        guarded(() -> {
            try {
                if (mayEnd()) {
                    tls.close();
                }
            } finally {
                tls.abort();
            }
        });
    }

    /** Whether close_notify, which calls the stream complete, is true. */
    private boolean mayEnd() {
        return tls.state().isClosing() || (sending.isEmpty() && handler.mayEnd(this));
    }

    /** The loop wants to end, and asks the handler to come to an end too. */
    void drain() {
        turnFor(() -> handler.onDrain(this));
    }

    /** The boundary of the loop: whatever {@code work} throws ends this connection and no other. */
    private void guarded(Duplex.Work work) {
        if (stage == Stage.OVER) {
            return;
        }
        turns++;
        loop.counters().turns.increment();
        loop.report(observer -> observer.onTurn(id));
        try {
            work.run();
        } catch (IOException e) {
            fail(e);
        } catch (Throwable t) {
            defect(t);
        }
        try {
            settle();
        } catch (Throwable t) {
            defect(t);
            ending.abortAfter(t);
            over();
        }
    }

    private void fail(IOException e) {
        if (stage != Stage.FAREWELL && stage != Stage.OVER) {
            stage = Stage.FAREWELL;
            ending.failed(e);
        }
        try {
            if (e instanceof SocketTimeoutException && !mayEnd()) {
                tls.abort();
            }
            dropUnsent();
            tls.close();
        } catch (Throwable t) {
            defect(t);
        }
    }

    /** Ends the connection with internal_error if it can be told, else without a word. */
    private void defect(Throwable t) {
        boolean told = stage == Stage.FAREWELL;
        stage = Stage.FAREWELL;
        dropUnsent();
        ending.defect(t, told);
    }

    /** Tells the selector and the deadlines what this connection waits for now. */
    private void settle() {
        if (!tls.isOpen()) {
            over();
            return;
        }
        traffic.count();
        registration.update(duplex.leavesInput(!sending.isEmpty()));
    }

    private void over() {
        if (stage == Stage.OVER) {
            return;
        }
        stage = Stage.OVER;
        registration.end();
        dropUnsent();
        traffic.count();
        Throwable cause = ending.cause();
        loop.report(observer -> observer.onClosed(this, cause));
        try {
            handler.onClosed(this, cause);
        } catch (Throwable t) {
            ending.defect(t);
        }
    }

    void forgetHoldings() {
        registration.forgetHoldings();
    }

    private void dropUnsent() {
        sending.clear();
        record.release();
    }

    @Override
    public void send(ByteBuffer data) {
        if (canSend() && data.hasRemaining()) {
            sending.add(data);
        }
    }

    /** Returns whether {@link #send} still has an effect. */
    boolean canSend() {
        return stage.compareTo(Stage.SHUTTING_DOWN) < 0 && tls.state().compareTo(ChannelState.ENDED) < 0;
    }

    @Override
    public Duplex duplex() {
        return duplex;
    }

    @Override
    public boolean hasUnsent() {
        return !sending.isEmpty();
    }

    @Override
    public void shutdownOutput() {
        if (stage.compareTo(Stage.SHUTTING_DOWN) < 0) {
            stage = Stage.SHUTTING_DOWN;
        }
    }

    @Override
    public void close() {
        if (stage.compareTo(Stage.CLOSING) < 0) {
            stage = Stage.CLOSING;
        }
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(() -> turnFor(task::run));
    }

    /** A turn that begins with something else. */
    void turnFor(Duplex.Work work) {
        guarded(() -> {
            work.run();
            steps();
        });
    }
}
