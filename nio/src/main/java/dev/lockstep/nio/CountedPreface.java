package dev.lockstep.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A preface whose client takes a place of its network when it is known. Until then, and if the preface states no client, the
 * connection has a place of no network: its socket leads to a proxy, which many clients share.
 */
final class CountedPreface implements Preface {

    private final Preface preface;
    private final Admission admission;
    private @Nullable Connection connection;

    CountedPreface(Preface preface, Admission admission) {
        this.preface = preface;
        this.admission = admission;
    }

    /** Says whose preface it is, before the first byte is read. */
    void belongsTo(Connection its) {
        connection = its;
    }

    @Override
    public boolean read(ByteBuffer in) throws IOException {
        if (!preface.read(in)) {
            return false;
        }
        Connection its = connection;
        if (its != null
                && preface.remoteAddress() instanceof InetSocketAddress client
                && client.getAddress() != null
                && !admission.assign(its, client)) {
            throw new IOException("the client's network has all the places that one network may have");
        }
        return true;
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return preface.remoteAddress();
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return preface.localAddress();
    }
}
