package dev.lockstep.nio;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The controls of a {@link Handler} that carries its connection's stream to another place, such as a backend: each direction
 * has back-pressure and an end of its own. All methods belong to the loop's thread.
 */
public final class Duplex {

    private final Connection connection;
    private final TlsLoop loop;
    private final TlsChannel tls;
    private final @Nullable Preface preface;
    private Reading reading = Reading.BETWEEN_SENDS;
    private OptionalLong alarm = OptionalLong.empty();

    Duplex(Connection connection, TlsLoop loop, TlsChannel tls, @Nullable Preface preface) {
        this.connection = connection;
        this.loop = loop;
        this.tls = tls;
        this.preface = preface;
    }

    /** What a handler does on behalf of its connection. What it throws ends the connection and no other. */
    @FunctionalInterface
    public interface Work {
        /** Does it, without blocking. */
        void run() throws IOException;
    }

    /** Sets when the loop reads from this client from now on; {@link Reading#BETWEEN_SENDS} at first. */
    public void reading(Reading when) {
        reading = when;
        connection.changed();
    }

    /** Returns whether {@link Session#send} still has an effect. */
    public boolean canSend() {
        return connection.canSend();
    }

    /**
     * Registers another channel with the loop, such as the way to a backend. It stays the handler's own, which closes it, at the
     * latest in {@link Handler#onClosed}. That, or the end of this connection, ends the registration.
     *
     * @param channel non-blocking
     * @param ops the first interest; the returned key changes it. The key's attachment belongs to the loop
     * @param onReady runs when the channel is ready, on the loop's thread, as part of a turn of this connection
     * @throws IOException when the channel is closed
     */
    public SelectionKey watch(SelectableChannel channel, int ops, Work onReady) throws IOException {
        return loop.register(channel, ops, new Watched(connection, onReady));
    }

    /**
     * Calls {@link Handler#onAlarm} once, in place of an earlier alarm.
     *
     * @param delay counted from now, 1 ms at least; null for no alarm
     */
    public void alarm(@Nullable Duration delay) {
        alarm = delay == null
                ? OptionalLong.empty()
                : OptionalLong.of(loop.now() + Math.max(TimeUnit.MILLISECONDS.toNanos(1), Nanos.of(delay)));
        connection.changed();
    }

    /**
     * Returns the address that the client connected to, as its {@link Preface} states it; null when the socket is
     * closed.
     */
    public @Nullable SocketAddress localAddress() {
        SocketAddress stated = preface == null ? null : preface.localAddress();
        try {
            return stated != null ? stated : tls.socket().getLocalAddress();
        } catch (IOException e) {
            return null;
        }
    }

    /** Returns whether the alarm rings now; it does so once. */
    boolean alarmRings() {
        boolean rings = alarm.isPresent() && alarm.getAsLong() - loop.now() <= 0;
        alarm = rings ? OptionalLong.empty() : alarm;
        return rings;
    }

    OptionalLong alarm() {
        return alarm;
    }

    /** Returns whether to read although something waits to be sent. */
    boolean reads() {
        return isIndependent() && !tls.state().hasNoInput();
    }

    /** Returns whether the two streams do not depend on each other. */
    boolean isIndependent() {
        return reading == Reading.ALWAYS;
    }

    boolean isPaused() {
        return reading == Reading.PAUSED && tls.isEstablished();
    }

    /** Returns whether the handler may pass on what it receives now to be sent, so that it must stay as it is. */
    boolean mayPassOn() {
        return !isIndependent();
    }

    /** Returns whether further input waits in the kernel. */
    boolean leavesInput(boolean unsent) {
        return isPaused() || (unsent && !isIndependent());
    }
}
