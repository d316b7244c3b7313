package dev.lockstep.jsse.socket;

import dev.lockstep.jsse.engine.Failures;
import dev.lockstep.jsse.manager.Asked;
import dev.lockstep.jsse.manager.Party;
import dev.lockstep.jsse.session.ConnectionSessions;
import dev.lockstep.jsse.session.EstablishedSession;
import dev.lockstep.jsse.session.HandshakeSession;
import dev.lockstep.jsse.setting.ConnectionPlan;
import dev.lockstep.jsse.setting.Context;
import dev.lockstep.jsse.setting.EngineSettings;
import dev.lockstep.nio.BlockingTlsChannel;
import dev.lockstep.nio.Limits;
import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.setting.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Function;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one connection as an {@code SSLSocket}: calls block, best on a virtual thread, while the client, the
 * network or the private key takes its time. One thread may read while another one writes.
 *
 * <p>The first call that needs a handshake makes it. On an established connection {@code startHandshake} asks the client for
 * another one, with what the socket was set to meanwhile, and does not wait for it: it takes place while the application
 * reads. Listeners are called on the thread that completes a handshake, where it has made or resumed another session, once
 * other threads can use the socket.
 *
 * <p>As with the JDK's sockets, an interrupt closes the socket only where a virtual thread waits.
 */
final class LockstepSocket extends SettableSocket {

    /** Sockets have no idle time of their own; {@code setSoTimeout} bounds reads. */
    private static final Duration ENDLESS = Duration.ofDays(365);

    /** A client that is told of the end closes too, within a round trip; a reset before that may cost it the last bytes. */
    private static final Duration DRAIN = Duration.ofMillis(500);

    private final Context context;
    private final SocketChannel channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final ConnectionSessions sessions;
    /** How many handshakes have made a session of this socket. */
    private volatile int noted;
    /** How many bytes had come when the client was asked for another handshake: it has answered, if there are more. */
    private long asked = -1;

    private volatile @Nullable BlockingTlsChannel tls;

    LockstepSocket(Context context, EngineSettings settings, SocketChannel channel) {
        super(channel, settings);
        this.context = context;
        this.channel = channel;
        this.sessions = new ConnectionSessions(
                context.sessions(), context.config(), getInetAddress().getHostAddress(), getPort());
    }

    // ---- the connection

    @Override
    public void startHandshake() throws IOException {
        requireOutside();
        lock.lock();
        try {
            BlockingTlsChannel begun = tls;
            if (sessions.isEstablished() && begun != null) {
                renegotiate(begun);
            } else {
                handshake();
            }
        } finally {
            unlock();
        }
    }

    /** Returns the channel after its handshake, which takes place here if it has not yet. */
    BlockingTlsChannel ready() throws IOException {
        BlockingTlsChannel channelNow = tls;
        if (sessions.isEstablished() && channelNow != null) {
            return channelNow;
        }
        requireOutside();
        lock.lock();
        try {
            return handshake();
        } finally {
            unlock();
        }
    }

    /** A manager of the handshake that used the socket would wait for the thread that waits for the manager. */
    private void requireOutside() throws SSLException {
        Party asking = Asked.party();
        if (asking != null && asking.socket() == this) {
            throw new SSLException("a socket cannot be used by those that its handshake asks; see getHandshakeSession");
        }
    }

    private void unlock() {
        lock.unlock();
        if (!lock.isHeldByCurrentThread()) { // no lock is held while the application's code runs
            listeners.tellAll();
        }
    }

    private void renegotiate(BlockingTlsChannel begun) throws IOException {
        requireOpen();
        noteHandshake(begun);
        if (begun.isHandshaking() || begun.bytesReceived() == asked) {
            return;
        }
        ConnectionOptions changes = ConnectionOptions.NONE;
        if (settings.changed()) {
            TlsServerConfig unused = plannedConfig(); // which checks the settings
            changes = plan().options(selector());
        }
        ConnectionOptions wanted = changes;
        if (moving(begun, () -> begun.renegotiate(wanted))) {
            asked = begun.bytesReceived();
            settings.applied();
        } else if (!begun.isHandshaking()) { // nor has the client begun one meanwhile
            throw Failures.renegotiationRefused();
        }
    }

    /** Takes the session of a renegotiation that has ended meanwhile, whichever side has asked for it. */
    void noteHandshake(BlockingTlsChannel begun) {
        if (begun.handshakes() != noted) {
            lock.lock();
            try {
                if (begun.handshakes() != noted) {
                    finished(begun);
                }
            } finally {
                unlock();
            }
        }
    }

    /** A call of the channel after the first handshake. */
    @FunctionalInterface
    interface Call<T> {
        T run() throws IOException;
    }

    /** Makes the call; the connection's failures become those of {@code javax.net.ssl}, and close the socket. */
    <T> T moving(BlockingTlsChannel begun, Call<T> call) throws IOException {
        try {
            return call.run();
        } catch (IOException e) {
            throw failure(begun, e, false);
        }
    }

    /** Returns what to throw; closes the socket unless only the time of this call is over, or its direction was closed. */
    private IOException failure(BlockingTlsChannel begun, IOException cause, boolean handshaking) throws IOException {
        if (cause instanceof ClosedByInterruptException) {
            close();
            SocketException interrupted = new SocketException("Closed by interrupt");
            interrupted.initCause(cause);
            return interrupted;
        }
        if (cause instanceof ClosedChannelException) {
            SocketException late =
                    new SocketException(outputShut && !closed ? "Socket output is shut down" : "Socket closed");
            late.initCause(cause);
            return late;
        }
        if (!begun.hasFailed()) {
            return cause;
        }
        if (cause instanceof TlsException failure) {
            sessions.failed(failure);
        }
        close(); // with the alert
        return Failures.of(cause, handshaking);
    }

    private BlockingTlsChannel handshake() throws IOException {
        if (closed) {
            throw new SocketException("Socket is closed");
        }
        BlockingTlsChannel begun = tls;
        if (begun != null && sessions.isEstablished()) {
            return begun;
        }
        if (begun == null) {
            TlsServerConfig config = plannedConfig();
            settings.fix();
            sessions.begin(config);
            begun = BlockingTlsChannel.server(channel, config, Limits.DEFAULT.withIdle(ENDLESS));
            begun.closedByInterrupt(VirtualThreads::isVirtual);
            tls = begun;
        }
        try {
            timed(begun).handshake();
        } catch (IOException e) {
            throw failure(begun, e, true);
        }
        finished(begun);
        return begun;
    }

    private void finished(BlockingTlsChannel begun) {
        noted = begun.handshakes();
        EstablishedSession made = sessions.finished(begun.info());
        settings.reopen();
        listeners.completed(new HandshakeCompletedEvent(this, made));
    }

    private TlsServerConfig plannedConfig() throws SSLHandshakeException {
        try {
            return plan().config(selector());
        } catch (ConfigException e) {
            throw new SSLHandshakeException(e.getMessage());
        }
    }

    private ConnectionPlan plan() throws SSLHandshakeException {
        if (!settings.protocolEnabled() || settings.suites().isEmpty()) {
            throw new SSLHandshakeException("no protocol or no cipher suite is enabled");
        }
        return new ConnectionPlan(context, settings.copy(), new Self());
    }

    private @Nullable Function<List<String>, @Nullable String> selector() {
        BiFunction<SSLSocket, List<String>, String> selector = settings.socketSelector();
        return selector == null ? null : offered -> selector.apply(this, offered);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        requireOpen();
        return new SocketInput(this);
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        requireOpen();
        return new SocketOutput(this);
    }

    /** Sends close_notify; what the client still sends can be read. */
    @Override
    public void shutdownOutput() throws IOException {
        requireOpen();
        outputShut = true;
        BlockingTlsChannel begun = ready();
        moving(begun, () -> {
            begun.shutdownOutput();
            return begun;
        });
    }

    /**
     * Sends close_notify, waits a moment for the client to end its side too, and closes. Where another thread waits in a write
     * for a client that does not read, it closes immediately.
     */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // a close must not wait for a read
    public void close() throws IOException {
        closed = true;
        BlockingTlsChannel begun = tls;
        if (begun != null) {
            begun.close(DRAIN);
        } else {
            channel.close();
        }
    }

    /** Returns the channel, whose next read or handshake has the timeout of this socket. */
    BlockingTlsChannel timed(BlockingTlsChannel begun) {
        begun.readTimeout(Duration.ofMillis(soTimeout));
        return begun;
    }

    /** Returns the channel after its handshake, or null: what must not wait does not begin one. */
    @Nullable
    BlockingTlsChannel established() {
        return sessions.isEstablished() && !closed ? tls : null;
    }

    // ---- what was negotiated

    /** Returns the session, after a handshake if none took place yet; where that fails, one of which nothing is known. */
    @Override
    public SSLSession getSession() {
        try {
            noteHandshake(ready());
        } catch (IOException e) {
            // which those that read and write are told
        }
        return sessions.current();
    }

    @Override
    public @Nullable SSLSession getHandshakeSession() {
        // first: what another handshake agrees on is of no use to this one
        HandshakeSession made = sessions.handshake();
        BlockingTlsChannel begun = tls;
        if (begun == null || closed || !begun.isHandshaking()) {
            return null;
        }
        ConnectionInfo info = begun.handshakeInfo();
        if (info != null) { // before ServerHello nothing is agreed
            made.agreed(info);
        }
        return made;
    }

    @Override
    public @Nullable String getApplicationProtocol() {
        BlockingTlsChannel begun = tls;
        if (begun == null || !sessions.isEstablished()) {
            return null;
        }
        ConnectionInfo info = begun.info();
        return Objects.requireNonNullElse(info.applicationProtocol(), "");
    }

    @Override
    public @Nullable String getHandshakeApplicationProtocol() {
        BlockingTlsChannel begun = tls;
        ConnectionInfo info = begun == null || closed ? null : begun.handshakeInfo();
        return info == null ? null : Objects.requireNonNullElse(info.applicationProtocol(), "");
    }

    /** This socket, as managers want to know it. */
    private final class Self implements Party {
        @Override
        public HandshakeSession handshakeSession() {
            return sessions.handshake();
        }

        @Override
        public SSLSocket socket() {
            return LockstepSocket.this;
        }

        @Override
        public InetAddress clientAddress() {
            return getInetAddress();
        }
    }
}
