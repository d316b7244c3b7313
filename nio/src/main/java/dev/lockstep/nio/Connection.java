package dev.lockstep.nio;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link TlsLoop}, and the boundary around its turns: whatever is thrown in one ends this connection and no
 * other. Everything but {@link #claimWake} and {@link #execute} runs on the loop's thread.
 */
final class Connection extends ChannelSession {

    final long acceptedNanos;

    @Nullable
    Network network;

    private final Registration registration;
    private final Ending ending;
    private final Duplex duplex;
    private final Handler handler;
    private final Exchange exchange;
    private final AtomicBoolean wakeQueued = new AtomicBoolean();

    /** Whether a turn is under way, which carries out what the handler asks for. */
    private boolean inTurn;

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
        this.network = network;
        this.exchange = new Exchange(this, duplex, handler);
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
        guarded(exchange::steps);
    }

    /** A turn that begins with something else. */
    void turnFor(Duplex.Work work) {
        guarded(() -> {
            work.run();
            exchange.steps();
        });
    }

    /** The time may have come at which the connection wanted to be called. */
    void onDeadline() {
        long now = loop.now();
        turnFor(() -> {
            tls.onDeadline();
            if (duplex.alarmRings()) {
                handler.onAlarm(this);
            }
        });
        OptionalLong next = tls.deadlineNanos();
        if (next.isPresent() && next.getAsLong() - now <= 0) {
            // What was due is due still: it must not keep the thread. What fell due since then has its turn to come.
            guarded(() -> {
                fail(new SocketTimeoutException("a deadline has passed without progress"), false);
                tls.abort();
            });
        }
    }

    /** Returns whether the first handshake has come to its end since the last call. */
    boolean opens() {
        return exchange.opens();
    }

    /** The loop wants to end, and asks the handler to come to an end too. */
    void drain() {
        turnFor(() -> handler.onDrain(this));
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
        return tls.state().isClosing() || (!exchange.hasUnsent() && handler.mayEnd(this));
    }

    /** The boundary of the loop: whatever {@code work} throws ends this connection and no other. */
    private void guarded(Duplex.Work work) {
        if (exchange.isOver()) {
            return;
        }
        inTurn = true;
        turns++;
        loop.counters().turns.increment();
        loop.report(observer -> observer.onTurn(id));
        try {
            work.run();
        } catch (IOException e) {
            fail(e, !tls.hasFailed());
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
        inTurn = false;
    }

    boolean isOver() {
        return exchange.isOver();
    }

    /** The handler, or another one on the loop's thread, has asked for something: outside of a turn this needs one of its own. */
    void changed() {
        if (!inTurn && !exchange.isOver()) {
            loop.wake(this);
        }
    }

    /** @param handlers whether it is an exception of the handler: what the client has got is not the whole then */
    private void fail(IOException e, boolean handlers) {
        boolean begins = exchange.beginsFarewell();
        if (begins) {
            ending.failed(e);
        }
        try {
            if (e instanceof SocketTimeoutException && !handlers && !mayEnd()) {
                tls.abort();
            }
            exchange.dropUnsent();
            if (begins && handlers) {
                tls.fail(e);
            } else {
                tls.close();
            }
        } catch (Throwable t) {
            defect(t);
        }
    }

    private void defect(Throwable t) {
        boolean told = !exchange.beginsFarewell();
        exchange.dropUnsent();
        ending.defect(t, told);
    }

    /** Tells the selector and the deadlines what this connection waits for now. */
    private void settle() {
        if (!tls.isOpen()) {
            over();
            return;
        }
        traffic.count();
        registration.update(duplex.leavesInput(exchange.hasUnsent()), exchange.heldBytes());
    }

    private void over() {
        if (!exchange.ends()) {
            return;
        }
        registration.end();
        exchange.dropUnsent();
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

    @Override
    public void send(ByteBuffer data) {
        exchange.send(data);
        changed();
    }

    /** Returns whether {@link #send} still has an effect. */
    boolean canSend() {
        return exchange.canSend();
    }

    @Override
    public Duplex duplex() {
        return duplex;
    }

    @Override
    public boolean hasUnsent() {
        return exchange.hasUnsent();
    }

    @Override
    public void shutdownOutput() {
        exchange.shutdownOutput();
        changed();
    }

    @Override
    public void close() {
        exchange.close();
        changed();
    }

    @Override
    public void abort() {
        try {
            tls.abort();
        } finally {
            changed();
        }
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(() -> turnFor(task::run));
    }
}
