package dev.lockstep.nio;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.wait.Suspension;
import java.io.IOException;
import java.net.SocketAddress;
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
final class Connection implements Session {

    /** What the handler has asked for, and how far it is carried out. The channel knows the state of TLS. */
    private enum Stage {
        HANDSHAKE,
        OPEN,
        /** close_notify follows what is waiting. */
        SHUTTING_DOWN,
        HALF_CLOSED,
        /** The farewell follows what is waiting. */
        CLOSING,
        FAREWELL,
        OVER
    }

    /** The most steps in one turn: then it is the others' turn. */
    private static final int STEPS_IN_A_TURN = 16;

    final long id;
    final long acceptedNanos;
    final Deadlines.Entry deadline;
    private final TlsLoop loop;
    private final SelectionKey key;
    private final TlsChannel tls;
    private final Duplex duplex;
    private final Handler handler;
    private final AtomicBoolean wakeQueued = new AtomicBoolean();
    private final SendQueue sending = new SendQueue();
    private Stage stage = Stage.HANDSHAKE;
    private @Nullable ByteBuffer record;
    private @Nullable Suspension toldSuspension;
    private @Nullable Throwable cause;
    private long turns;

    Connection(long id, TlsLoop loop, SelectionKey key, TlsChannel tls, @Nullable Preface preface, Handler handler) {
        this.id = id;
        this.acceptedNanos = loop.now();
        this.loop = loop;
        this.key = key;
        this.tls = tls;
        this.duplex = new Duplex(this, loop, tls, preface);
        this.handler = handler;
        this.deadline = new Deadlines.Entry(id, this);
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
        guarded(() -> {
            tls.onDeadline();
            if (duplex.alarmRings()) {
                handler.onAlarm(this);
            }
            steps();
        });
        OptionalLong next = tls.deadlineNanos();
        if (next.isPresent() && next.getAsLong() - loop.now() <= 0) {
            // It is due again although it was just called: it must not keep the thread.
            guarded(() -> fail(new IOException("a deadline has passed without progress")));
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
        loop.continueLater(this);
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
            tellProgress();
            stage = sealed ? Stage.HALF_CLOSED : stage;
            return sealed;
        }
        if (duplex.isPaused()) {
            tls.onDeadline(); // moves a renegotiation as far as it needs no input
            tellProgress();
            return false;
        }
        return !tls.state().hasNoInput() && receive();
    }

    private boolean sendWaiting() throws IOException {
        long written;
        try {
            written = sending.writeTo(tls);
        } catch (ClosedChannelException e) {
            ended(); // the client's close_notify came in the renegotiation that the write waited for
            return true;
        }
        tellProgress();
        if (!sending.isEmpty()) {
            return written > 0;
        }
        releaseRecord();
        loop.counters().sent.increment();
        handler.onSent(this);
        return true;
    }

    private boolean receive() throws IOException {
        releaseRecord();
        ByteBuffer into = loop.buffers().take();
        record = into;
        int count = tls.read(into);
        tellProgress();
        if (count > 0) {
            handler.onData(this, into.flip());
        } else {
            releaseRecord();
            if (count < 0) {
                ended();
            }
        }
        if (sending.isEmpty() || !duplex.keepsRecord()) {
            releaseRecord();
        }
        return count > 0 || !sending.isEmpty() || stage == Stage.CLOSING || stage == Stage.SHUTTING_DOWN;
    }

    /** The client has sent close_notify. RFC 5246 7.2.1 has the writes that are pending discarded, unless they may be sent. */
    private void ended() throws IOException {
        if (tls.state() != ChannelState.INPUT_ENDED) {
            dropUnsent();
        }
        handler.onEnd(this);
    }

    /** Tells the handler what the channel has done since. */
    private void tellProgress() throws IOException {
        Suspension now = tls.suspension();
        if (toldSuspension != null && !toldSuspension.equals(now)) {
            toldSuspension = null;
            handler.onResumed(this);
        }
        if (now != null && toldSuspension == null) {
            toldSuspension = now;
            handler.onSuspended(this);
        }
        if (stage == Stage.HANDSHAKE && tls.isEstablished()) {
            stage = Stage.OPEN;
            loop.counters().handshakes.increment();
            handler.onEstablished(this);
        }
    }

    /** Ends it in favour of another one. */
    void evict() {
        guarded(() -> {
            cause = new IOException("ended in favour of a new connection");
            tls.abort();
        });
    }

    /** The loop ends. */
    void end() {
        guarded(tls::abort);
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
            over();
        }
    }

    private void fail(IOException e) {
        if (stage != Stage.FAREWELL && stage != Stage.OVER) {
            cause = e;
            stage = Stage.FAREWELL;
            loop.counters().failed.increment();
            loop.report(observer -> observer.onFailure(id, e));
        }
        dropUnsent();
        try {
            tls.close();
        } catch (Throwable t) {
            defect(t);
        }
    }

    private void defect(Throwable t) {
        cause = t;
        loop.defect(id, t);
        try {
            tls.abort();
        } catch (Throwable another) {
            loop.defect(id, another); // the channel has closed its socket even so
        }
    }

    /** Tells the selector and the deadlines what this connection waits for now. */
    private void settle() {
        if (!tls.isOpen()) {
            over();
            return;
        }
        loop.places().put(this);
        int interest = tls.interest() & TlsChannel.SOCKET;
        if (duplex.leavesInput(!sending.isEmpty())
                && tls.isEstablished()
                && !tls.pump().writeWaitsForInput()) {
            interest &= ~TlsChannel.READ; // while an answer waits for room, further input waits in the kernel
        }
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
        loop.deadlines().require(deadline, tls.deadlineNanos());
        loop.deadlines().require(deadline, duplex.alarm());
    }

    private void over() {
        if (stage == Stage.OVER) {
            return;
        }
        stage = Stage.OVER;
        key.cancel();
        loop.forget(this);
        dropUnsent();
        try {
            handler.onClosed(this, cause);
        } catch (Throwable t) {
            loop.defect(id, t);
        }
    }

    private void dropUnsent() {
        sending.clear();
        releaseRecord();
    }

    private void releaseRecord() {
        if (record != null) {
            loop.buffers().giveWiped(record);
            record = null;
        }
    }

    ChannelState channelState() {
        return tls.state();
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return duplex.remoteAddress();
    }

    @Override
    public void send(ByteBuffer data) {
        if (canSend() && data.hasRemaining()) {
            sending.add(data);
        }
    }

    /** Whether {@link #send} still has an effect. */
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
    public void abort() {
        tls.abort();
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

    @Override
    public ConnectionInfo info() {
        return tls.info();
    }

    @Override
    public @Nullable Suspension suspension() {
        return tls.suspension();
    }

    @Override
    public long turns() {
        return turns;
    }

    @Override
    public LoopCounters counters() {
        return loop.counters();
    }
}
