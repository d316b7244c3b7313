package dev.lockstep.nio;

import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.wait.Suspension;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What a session says about its connection, without changing it. */
abstract class ChannelSession implements Session {

    final long id;
    final TlsLoop loop;
    final TlsChannel tls;
    final Traffic traffic;
    long turns;

    /** Whether the loop has it among those that have more to do. */
    boolean unfinished;

    /** Whether the handler was asked to come to an end, because the loop drains. */
    boolean toldToEnd;

    private final @Nullable Preface preface;

    ChannelSession(long id, TlsLoop loop, TlsChannel tls, @Nullable Preface preface) {
        this.id = id;
        this.loop = loop;
        this.tls = tls;
        this.traffic = new Traffic(tls, loop.counters());
        this.preface = preface;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        SocketAddress stated = preface == null ? null : preface.remoteAddress();
        return stated != null ? stated : traffic.remote();
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
