package dev.lockstep.nio;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.wait.Suspension;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
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

    private static final int MOST_SOURCES = 16;

    /** What a connection takes of the heap beside its TLS, in bytes: its socket, its places in tables, its handler. */
    private static final int COST_BESIDE_TLS = 4096;

    final long id;
    final long acceptedNanos;
    final Deadlines.Entry deadline;
    final @Nullable Network network;
    private final Holdings.Entry holding;
    private final TlsLoop loop;
    private final SelectionKey key;
    private final TlsChannel tls;
    private final Handler handler;
    private final Traffic traffic;
    private final AtomicBoolean wakeQueued = new AtomicBoolean();
    private final ArrayDeque<ByteBuffer> sending = new ArrayDeque<>(1);
    private Stage stage = Stage.HANDSHAKE;
    private @Nullable ByteBuffer record;
    private @Nullable Suspension toldSuspension;
    private @Nullable Throwable cause;
    private long turns;

    Connection(long id, TlsLoop loop, SelectionKey key, TlsChannel tls, Handler handler, @Nullable Network network) {
        this.id = id;
        this.acceptedNanos = loop.now();
        this.loop = loop;
        this.key = key;
        this.tls = tls;
        this.handler = handler;
        this.traffic = new Traffic(tls, loop.counters());
        this.deadline = new Deadlines.Entry(id, this);
        this.network = network;
        this.holding = new Holdings.Entry(this);
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
        if (stage == Stage.FAREWELL) {
            tls.close();
            return false;
        }
        if (!sending.isEmpty()) {
            return sendWaiting();
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
        return tls.state() != ChannelState.ENDED && receive();
    }

    private boolean sendWaiting() throws IOException {
        ByteBuffer[] srcs = Gather.first(sending, MOST_SOURCES);
        long written;
        try {
            written = tls.write(srcs);
        } catch (ClosedChannelException e) {
            ended(); // the client's close_notify came in the renegotiation that the write waited for
            return true;
        }
        tellProgress();
        while (!sending.isEmpty() && !sending.getFirst().hasRemaining()) {
            sending.removeFirst();
        }
        if (!sending.isEmpty()) {
            return written > 0;
        }
        releaseRecord();
        loop.counters().sent.increment();
        handler.onSent(this);
        return true;
    }

    private boolean receive() throws IOException {
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
        if (sending.isEmpty()) {
            releaseRecord();
        }
        return count > 0 || !sending.isEmpty() || stage == Stage.CLOSING || stage == Stage.SHUTTING_DOWN;
    }

    /** The client has sent close_notify. What waits is dropped: RFC 5246 7.2.1 has the writes that are pending discarded. */
    private void ended() throws IOException {
        dropUnsent();
        handler.onEnd(this);
    }

    /** Tells the handler what the channel has done since. */
    private void tellProgress() throws IOException {
        Suspension now = tls.suspension();
        if (toldSuspension != null && !toldSuspension.equals(now)) {
            toldSuspension = null;
            loop.report(observer -> observer.onResumed(this));
            handler.onResumed(this);
        }
        if (now != null && toldSuspension == null) {
            toldSuspension = now;
            loop.report(observer -> observer.onSuspended(this));
            handler.onSuspended(this);
        }
        if (stage == Stage.HANDSHAKE && tls.isEstablished()) {
            stage = Stage.OPEN;
            loop.counters().handshakes.increment();
            loop.report(observer -> observer.onEstablished(this));
            handler.onEstablished(this);
        }
    }

    /** Ends it in favour of others. */
    void evict(String why) {
        cause = new IOException(why);
        guarded(tls::abort);
    }

    /** The loop ends: sends close_notify if the socket takes it now. */
    void end() {
        guarded(() -> {
            tls.close();
            tls.abort();
        });
    }

    /** The loop wants to end, and asks the handler to come to an end too. */
    void drain() {
        guarded(() -> {
            handler.onDrain(this);
            steps();
        });
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException;
    }

    /** The boundary of the loop: whatever {@code work} throws ends this connection and no other. */
    private void guarded(Work work) {
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
            abortAfter(t);
            over();
        }
    }

    private void fail(IOException e) {
        if (e.getCause() instanceof Error error && stage != Stage.FAREWELL) {
            loop.defect(
                    id,
                    error); // thrown by something that the connection calls: TLS has its alert, and this is to be known
        }
        if (stage != Stage.FAREWELL && stage != Stage.OVER) {
            cause = e;
            stage = Stage.FAREWELL;
            loop.counters().failed.increment();
            loop.report(observer -> observer.onFailure(this, e));
        }
        dropUnsent();
        try {
            tls.close();
        } catch (Throwable t) {
            defect(t);
        }
    }

    /** Ends the connection with internal_error if it can be told, else without a word. */
    private void defect(Throwable t) {
        boolean told = stage == Stage.FAREWELL;
        cause = t;
        stage = Stage.FAREWELL;
        loop.defect(id, t);
        dropUnsent();
        try {
            if (told) {
                tls.abort();
            } else {
                tls.fail(t);
            }
        } catch (Throwable another) {
            loop.defect(id, another);
            abortAfter(another);
        }
    }

    private void abortAfter(Throwable fault) {
        try {
            tls.abort();
        } catch (Throwable another) {
            if (another != fault) {
                loop.defect(id, another); // the channel has closed its socket even so
            }
        }
    }

    /** Tells the selector and the deadlines what this connection waits for now. */
    private void settle() {
        if (!tls.isOpen()) {
            over();
            return;
        }
        traffic.count();
        loop.places().update(this);
        loop.holdings().update(holding, COST_BESIDE_TLS + tls.heldBytes(), !tls.isEstablished());
        int interest = tls.interest() & TlsChannel.SOCKET;
        if (!sending.isEmpty() && tls.isEstablished() && !tls.pump().writeWaitsForInput()) {
            interest &= ~TlsChannel.READ; // while an answer waits for room, further input waits in the kernel
        }
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
        loop.deadlines().require(deadline, tls.deadlineNanos());
    }

    private void over() {
        if (stage == Stage.OVER) {
            return;
        }
        stage = Stage.OVER;
        key.cancel();
        loop.forget(this);
        dropUnsent();
        traffic.count();
        Throwable ended = cause;
        loop.report(observer -> observer.onClosed(this, ended));
        try {
            handler.onClosed(this, cause);
        } catch (Throwable t) {
            loop.defect(id, t);
        }
    }

    void forgetHoldings() {
        loop.holdings().remove(holding);
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
        return traffic.remote();
    }

    @Override
    public void send(ByteBuffer data) {
        if (stage.compareTo(Stage.SHUTTING_DOWN) < 0 && tls.state() != ChannelState.ENDED && data.hasRemaining()) {
            sending.add(data);
        }
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
        loop.execute(() -> guarded(() -> {
            task.run();
            steps();
        }));
    }

    @Override
    public long bytesReceived() {
        return tls.bytesReceived();
    }

    @Override
    public long bytesSent() {
        return tls.bytesSent();
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
