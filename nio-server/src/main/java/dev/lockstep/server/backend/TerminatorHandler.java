package dev.lockstep.server.backend;

import dev.lockstep.nio.Handler;
import dev.lockstep.nio.Reading;
import dev.lockstep.nio.Session;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import dev.lockstep.tls.TlsServerConnection;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Carries one connection to its backend and back. Each direction moves by itself: one record of the client waits for the
 * backend at most, and one buffer of the backend for the client. The end of either stream is passed on, and the other one
 * flows on: close_notify becomes the end of the backend's input, the backend's end becomes close_notify.
 */
final class TerminatorHandler implements Handler {

    private final Terminator terminator;
    private @Nullable Backend backend;
    private @Nullable Attempts attempts;
    private @Nullable Upstream upstream;
    private @Nullable ByteBuffer lent;
    private byte[] header = {};
    private boolean clientEnded;
    private boolean backendEnded;

    TerminatorHandler(Terminator terminator) {
        this.terminator = terminator;
    }

    @Override
    public void onEstablished(Session session) throws IOException {
        session.duplex().reading(Reading.PAUSED);
        String name = session.info().serverName();
        Backend chosen = terminator.backends().choose(name);
        if (chosen == null) {
            String who = name == null ? "clients that name no host" : "this host name";
            terminator.log(
                    LogEvent.of(EventType.BACKEND_MISSING, "there is no --backend for " + who)
                            .with("serverName", name),
                    session);
            session.close();
            return;
        }
        backend = chosen;
        header = terminator.header(session);
        Attempts its = new Attempts(chosen.addresses(), terminator.connectTimeout());
        attempts = its;
        connect(session, chosen, its, new ConnectException("no address"));
    }

    /** Tries the next address, or the same one again if its queue was full. */
    private void connect(Session session, Backend to, Attempts its, IOException lastFailure) throws IOException {
        IOException failure = lastFailure;
        for (SocketAddress address = its.next(); address != null; address = its.next()) {
            try {
                Upstream next = Upstream.open(address, header, to.metrics());
                upstream = next;
                next.registered(
                        session.duplex().watch(next.channel(), SelectionKey.OP_CONNECT, () -> onReady(session)));
                if (next.isConnected()) {
                    connected(session, next);
                } else {
                    session.duplex().alarm(its.share());
                }
                return;
            } catch (IOException e) {
                failure = e;
                closeUpstream(true);
                Duration pause = its.pauseAfter(e);
                if (pause != null) {
                    session.duplex().alarm(pause);
                    return;
                }
            }
        }
        unreachable(session, failure);
    }

    private void connected(Session session, Upstream its) {
        session.duplex().alarm(null);
        if (backend != null && attempts != null) {
            backend.works(attempts.current());
        }
        attempts = null;
        its.flush();
        session.duplex().reading(its.isFlushed() ? Reading.ALWAYS : Reading.PAUSED);
        its.interest(true);
    }

    private void unreachable(Session session, IOException cause) {
        closeUpstream(true);
        if (backend != null) {
            terminator.log(backend.fails(cause), session);
        }
        attempts = null;
        session.duplex().alarm(null);
        session.close();
    }

    @Override
    public void onAlarm(Session session) throws IOException {
        Attempts its = attempts;
        if (its != null && backend != null) {
            closeUpstream(true);
            connect(
                    session,
                    backend,
                    its,
                    new SocketTimeoutException("no connection within "
                            + terminator.connectTimeout().toMillis() + " ms"));
        }
    }

    /** The socket to the backend is ready. */
    private void onReady(Session session) throws IOException {
        Upstream its = upstream;
        if (its == null) {
            return;
        }
        if (!its.isConnected()) {
            try {
                if (its.finishConnect()) {
                    connected(session, its);
                }
            } catch (IOException e) {
                closeUpstream(true);
                if (backend != null && attempts != null) {
                    connect(session, backend, attempts, e);
                }
            }
            return;
        }
        its.flush();
        try {
            fetch(session, its);
        } catch (IOException e) {
            lost(session, e);
        }
    }

    /** The backend broke off: so does the connection to the client, without close_notify, which would call it complete. */
    private void lost(Session session, IOException cause) {
        if (backend != null) {
            backend.metrics().brokeOff();
            terminator.log(
                    LogEvent.of(
                                    EventType.BACKEND_BROKE_OFF,
                                    "a backend broke off: so does the connection to the client")
                            .with("backend", backend.name())
                            .with("reason", cause.getMessage()),
                    session);
        }
        closeUpstream(false);
        session.abort();
    }

    /** Reads from the backend unless the client has not taken the last buffer. */
    private void fetch(Session session, Upstream its) throws IOException {
        if (!session.hasUnsent() && !backendEnded) {
            ByteBuffer into = terminator.buffers().take();
            lent = into;
            int count = its.read(into.limit(TlsServerConnection.APPLICATION_BUFFER_SIZE));
            if (count > 0 && session.duplex().canSend()) {
                session.send(into.flip());
            } else {
                giveBack();
            }
            if (count < 0) {
                if (its.outputFailed()) {
                    throw new EOFException("it closed before it had taken everything");
                }
                backendEnded = true;
                session.shutdownOutput();
            }
        }
        settle(session, its);
    }

    /** After every change: reads from each side as the other one permits, and ends when both have. */
    private void settle(Session session, Upstream its) {
        boolean flushed = its.isFlushed();
        session.duplex().reading(flushed ? Reading.ALWAYS : Reading.PAUSED);
        its.interest(!backendEnded && !session.hasUnsent());
        // A backend that has ended and takes nothing either is gone: what the client sends would be lost.
        if (backendEnded && (its.outputFailed() || (clientEnded && flushed))) {
            session.close();
        }
    }

    @Override
    public void onData(Session session, ByteBuffer data) {
        Upstream its = upstream;
        if (its == null) {
            return; // it is being closed
        }
        its.send(data);
        settle(session, its);
    }

    @Override
    public void onSent(Session session) {
        giveBack();
        Upstream its = upstream;
        if (its != null && its.isConnected()) {
            its.interest(!backendEnded);
        }
    }

    @Override
    public void onEnd(Session session) {
        clientEnded = true;
        Upstream its = upstream;
        if (its == null || !(session.duplex().canSend() || backendEnded)) {
            session.close();
            return;
        }
        its.end();
        settle(session, its);
    }

    /** The stream is not this program's, so nothing tells where it may end: the client or the backend ends it. */
    @Override
    public void onDrain(Session session) {}

    /** As long as the backend may send more, the end is not this program's to declare. */
    @Override
    public boolean mayEnd(Session session) {
        return upstream == null || backendEnded;
    }

    @Override
    public void onClosed(Session session, @Nullable Throwable cause) {
        giveBack();
        closeUpstream(cause == null && clientEnded);
    }

    private void giveBack() {
        if (lent != null) {
            terminator.buffers().giveWiped(lent);
            lent = null;
        }
    }

    private void closeUpstream(boolean whole) {
        if (upstream != null) {
            upstream.close(whole);
            upstream = null;
        }
    }
}
