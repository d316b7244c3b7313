package dev.lockstep.jsse;

import dev.lockstep.jsse.engine.Buffers;
import dev.lockstep.jsse.engine.Machine;
import dev.lockstep.jsse.engine.Standing;
import dev.lockstep.jsse.engine.Turns;
import dev.lockstep.jsse.engine.WaitRoom;
import dev.lockstep.jsse.manager.Party;
import dev.lockstep.jsse.session.ConnectionSessions;
import dev.lockstep.jsse.session.EstablishedSession;
import dev.lockstep.jsse.session.HandshakeSession;
import dev.lockstep.jsse.setting.ConnectionPlan;
import dev.lockstep.jsse.setting.Context;
import dev.lockstep.jsse.setting.EngineSettings;
import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.setting.ConfigException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A server's side of one TLS 1.2 connection as an {@code SSLEngine}. {@link Waiting} says how a server waits while the private
 * key, a session store or a verifier of client certificates works elsewhere.
 *
 * <p>It reads as many records of a handshake in one {@code unwrap} as there are, and writes as many in one {@code wrap} as
 * there is room for. A failure is thrown once, by the call that met it or by the next one where that call had written bytes;
 * {@code wrap} gives the alert. {@code closeInbound} and {@code closeOutbound} cancel what is pending immediately.
 *
 * <p><b>Threads.</b> All methods may be called from any thread. One call at a time moves the connection: {@code wrap}, {@code
 * unwrap}, {@code beginHandshake}, {@code closeInbound}, {@code closeOutbound} and {@link #exportKeyingMaterial} wait for each
 * other, and an interrupted task for them. All others wait for nothing. They say what the connection had reached when the last
 * such call ended, or when the one under way began to ask a matcher, a selector or a manager.
 *
 * <p>While a call moves the connection, and other threads cannot, these are called: {@code start}, {@code resume} and {@code cancel}
 * of keys, stores, selectors and verifiers (see {@link dev.lockstep.tls.wait.PendingOperation}), observers, SNI matchers, selectors
 * of application protocols and {@code getAcceptedIssuers}. They must return soon, and must not wait for a thread that moves this
 * connection or closes it; they may wait for one that asks for its status. Without any lock: key managers, which are asked in
 * the delegated task, or on a thread of a pool where {@link #waiting} is another way than {@link Waiting#TASK}, and trust managers,
 * which judge on such a thread. Both may take their time and use the engine. A delegated task that is interrupted while it waits
 * ends the connection with internal_error.
 */
public final class LockstepEngine extends SettableEngine {

    private final Context context;
    private final WaitRoom room;
    private final Self self = new Self();
    private final ConnectionSessions sessions;
    private final Turns turns = new Turns(this::standing);
    private volatile @Nullable Machine machine;
    private volatile boolean closed;

    LockstepEngine(Context context, Waiting way, @Nullable String peerHost, int peerPort) {
        super(new EngineSettings(context.config()), peerHost, peerPort);
        this.context = context;
        this.room = new WaitRoom(way, context.config().clock(), this::interrupted);
        this.sessions = new ConnectionSessions(context.sessions(), context.config(), peerHost, peerPort);
    }

    // ---- ways to wait

    /** Returns how the server waits. */
    public Waiting waiting() {
        return room.way();
    }

    /**
     * Sets how the server waits; as the context says, or {@link Waiting#TASK}, by default.
     *
     * @throws IllegalStateException once the handshake has begun
     */
    public void setWaiting(Waiting way) {
        Objects.requireNonNull(way, "waiting");
        set(() -> {
            if (settings.begun()) {
                throw new IllegalStateException("waiting: fixed once the handshake has begun; set it before");
            }
            room.way(way);
        });
    }

    /**
     * Sets the hook that runs, with {@link Waiting#PARK}, when an answer may have arrived: on any thread, perhaps the
     * key's. It must only make the server try again, and must not call the engine. It runs again, at growing intervals
     * up to a second, until the engine is called, in case the server was not waiting yet and missed it.
     */
    public void onWake(Runnable hook) {
        room.hook(Objects.requireNonNull(hook, "hook"));
    }

    /**
     * Returns the executor to give to the server with {@link Waiting#DEFERRED}. While the connection waits, it keeps
     * what the server gives it, and runs it when the answer has arrived, on one of a few threads that all engines
     * share. It rejects nothing.
     */
    public Executor taskExecutor() {
        return room::execute;
    }

    @Override
    public @Nullable Runnable getDelegatedTask() {
        return room.take();
    }

    private void interrupted(InterruptedException cause) {
        boolean unused = turns.make(() -> {
            Machine running = machine;
            if (running != null) {
                running.interrupted(cause);
            }
            return closed;
        });
    }

    // ---- bytes

    @Override
    public SSLEngineResult wrap(ByteBuffer[] srcs, int offset, int length, ByteBuffer dst) throws SSLException {
        ByteBuffer[] sources = Buffers.range(srcs, offset, length);
        Buffers.requireBuffer(dst);
        Buffers.requireWritable(dst);
        return turns.make(() -> closed ? ended() : begun().wrap(sources, dst));
    }

    @Override
    public SSLEngineResult unwrap(ByteBuffer src, ByteBuffer[] dsts, int offset, int length) throws SSLException {
        Buffers.requireBuffer(src);
        ByteBuffer[] destinations = Buffers.range(dsts, offset, length);
        Buffers.requireWritable(destinations);
        return turns.make(() -> closed ? ended() : begun().unwrap(src, destinations));
    }

    private static SSLEngineResult ended() {
        return new SSLEngineResult(Status.CLOSED, HandshakeStatus.NOT_HANDSHAKING, 0, 0);
    }

    /** The connection, which begins with the first call that needs it. */
    private Machine begun() throws SSLException {
        Machine running = machine;
        if (running == null) {
            EngineSettings planned = fixed();
            boolean made = false;
            TlsServerConfig config;
            try {
                config = plan(planned).config(selector(planned));
                made = true;
            } catch (ConfigException e) {
                throw new SSLHandshakeException(e.getMessage());
            } finally {
                if (!made) {
                    set(settings::unfix);
                }
            }
            sessions.begin(config);
            running = new Machine(config, room, this::finished, sessions::failed);
            machine = running;
        }
        return running;
    }

    private ConnectionPlan plan(EngineSettings planned) throws SSLException {
        if (!planned.protocolEnabled() || planned.suites().isEmpty()) {
            throw new SSLHandshakeException("no protocol or no cipher suite is enabled");
        }
        return new ConnectionPlan(context, planned, self);
    }

    private @Nullable Function<List<String>, @Nullable String> selector(EngineSettings planned) {
        BiFunction<SSLEngine, List<String>, String> selector = planned.engineSelector();
        return selector == null ? null : offered -> selector.apply(this, offered);
    }

    /** Asks for another handshake, with the settings that were changed meanwhile. */
    private void renegotiate(Machine running) throws SSLException {
        EngineSettings changed = changes();
        boolean asked = false;
        try {
            ConnectionOptions changes =
                    changed == null ? ConnectionOptions.NONE : plan(changed).options(selector(changed));
            asked = running.renegotiate(changes);
        } catch (ConfigException e) {
            throw new SSLException(e.getMessage());
        } finally {
            if (changed != null && !asked) {
                set(settings::unapplied);
            }
        }
    }

    private void finished() {
        EstablishedSession unused =
                sessions.finished(Objects.requireNonNull(machine).established());
        set(settings::reopen);
    }

    // ---- state

    /** What the connection has reached; null before it begins. This thread's own call counts, another one's when it is over. */
    private @Nullable Standing standing() {
        Machine running = machine;
        if (running == null) {
            return null;
        }
        return turns.areMine() ? running.publish() : running.standing();
    }

    @Override
    public HandshakeStatus getHandshakeStatus() {
        Standing reached = standing();
        return reached == null ? HandshakeStatus.NOT_HANDSHAKING : reached.handshakeStatus(room);
    }

    /**
     * Begins the handshake, or another one on an established connection: the client is asked for it, where the {@link
     * dev.lockstep.tls.config.RenegotiationPolicy} of the configuration allows that. What the engine was set to meanwhile
     * counts from then on: {@code setNeedClientAuth(true)} asks for a certificate that was not needed before.
     */
    @Override
    public void beginHandshake() throws SSLException {
        boolean unused = turns.make(() -> {
            Machine running = machine;
            if (closed) {
                throw new SSLException("the engine is closed");
            }
            if (running == null) {
                begun();
            } else {
                renegotiate(running);
            }
            return closed;
        });
    }

    @Override
    public void closeInbound() throws SSLException {
        boolean unused = turns.make(() -> {
            Machine running = machine;
            if (running != null) {
                running.closeInbound();
            } else {
                closed = true;
            }
            return closed;
        });
    }

    @Override
    public void closeOutbound() {
        boolean unused = turns.make(() -> {
            Machine running = machine;
            if (running != null) {
                running.closeOutbound();
            } else {
                closed = true;
            }
            return closed;
        });
    }

    @Override
    public boolean isInboundDone() {
        Standing reached = standing();
        return closed || (reached != null && reached.isInboundDone());
    }

    @Override
    public boolean isOutboundDone() {
        Standing reached = standing();
        return closed || (reached != null && reached.isOutboundDone());
    }

    @Override
    public SSLSession getSession() {
        return sessions.current();
    }

    @Override
    public @Nullable SSLSession getHandshakeSession() {
        // first: what another handshake agrees on is of no use to this one
        HandshakeSession current = sessions.handshake();
        Standing reached = standing();
        if (reached == null || !reached.isHandshaking() || reached.isInboundDone()) {
            return null;
        }
        ConnectionInfo info = reached.handshakeInfo();
        if (info != null) {
            current.agreed(info);
        }
        return current;
    }

    /** Returns what was negotiated, in full; null before ServerHello. */
    public @Nullable ConnectionInfo connectionInfo() {
        Standing reached = standing();
        return reached == null ? null : reached.info();
    }

    /**
     * Returns keying material for a protocol above this connection (RFC 5705).
     *
     * @see dev.lockstep.tls.TlsServerConnection#exportKeyingMaterial
     * @throws IllegalStateException before the connection is established, and if there is none
     */
    public byte[] exportKeyingMaterial(String label, byte @Nullable [] keyingContext, int length) {
        return turns.make(() -> {
            Machine running = machine;
            if (running == null) {
                throw new IllegalStateException("not established: the handshake has not begun");
            }
            return running.connection().exportKeyingMaterial(label, keyingContext, length);
        });
    }

    /** Returns the ALPN name of the last handshake; empty when none was negotiated, null while that is not known. */
    @Override
    public @Nullable String getApplicationProtocol() {
        if (!sessions.isEstablished()) {
            return null;
        }
        ConnectionInfo info = connectionInfo();
        return info == null ? null : Objects.requireNonNullElse(info.applicationProtocol(), "");
    }

    /**
     * Returns the ALPN name of the handshake under way; empty when it negotiates none, null while that is not known, and
     * while there is no handshake.
     */
    @Override
    public @Nullable String getHandshakeApplicationProtocol() {
        Standing reached = standing();
        ConnectionInfo info = reached == null || getHandshakeSession() == null ? null : reached.handshakeInfo();
        return info == null ? null : Objects.requireNonNullElse(info.applicationProtocol(), "");
    }

    @Override
    public String toString() {
        return "LockstepEngine[" + getHandshakeStatus() + ", " + getSession() + "]";
    }

    /** This engine, as managers want to know it. */
    private final class Self implements Party {

        @Override
        public HandshakeSession handshakeSession() {
            Machine running = machine;
            if (running != null) {
                running.asks(); // managers look at it, on threads of theirs
            }
            return sessions.handshake();
        }

        @Override
        public SSLEngine engine() {
            return LockstepEngine.this;
        }

        @Override
        public @Nullable Executor tasks() {
            return room.way() == Waiting.TASK ? room::inTask : null;
        }
    }
}
