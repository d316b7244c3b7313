package dev.lockstep.nio;

import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What comes before TLS, and the TLS connection that knows where its client is: keys and verifiers learn it, so that they can
 * bound what one client takes up. A preface may state another address than the socket's; TLS then begins with that one.
 */
final class Opening {

    private final TlsServerConfig config;
    private final Consumer<TlsServerConnection> wake;

    /** What must come first; null when nothing must, or it has come. */
    private @Nullable Preface preface;

    private int prefaceBytes;

    /** @param preface null for none */
    Opening(TlsServerConfig config, @Nullable Preface preface, Consumer<TlsServerConnection> wake) {
        this.config = config;
        this.preface = preface;
        this.wake = wake;
    }

    /** Makes the connection of a client at {@code address}; null when that is not known. */
    TlsServerConnection connection(@Nullable SocketAddress address) {
        ConnectionOptions options = address instanceof InetSocketAddress client && client.getAddress() != null
                ? ConnectionOptions.NONE.withClientAddress(client.getAddress())
                : ConnectionOptions.NONE;
        return TlsServerConnection.create(config.with(options), wake);
    }

    /** Returns whether the preface is missing yet, or a part of it. */
    boolean awaitsPreface() {
        return preface != null;
    }

    /**
     * Returns whether the first bytes behind the preface are a request of HTTP.
     *
     * @param in what was received and is not used
     * @param received how many bytes have come in all
     */
    boolean isPlainHttp(ByteBuffer in, long received) {
        return preface == null && in.remaining() == received - prefaceBytes && PlainHttpException.isHttp(in);
    }

    /**
     * Takes what belongs to the preface.
     *
     * @param before the connection so far, which has received nothing
     * @param inputEnded whether nothing follows {@code in}
     * @return the connection with which TLS begins; null while the preface is not complete
     * @throws IOException when there is no preface, or only a part of it
     */
    @Nullable
    TlsServerConnection take(ByteBuffer in, TlsServerConnection before, boolean inputEnded) throws IOException {
        Preface expected = preface;
        if (expected == null) {
            return before;
        }
        int remaining = in.remaining();
        boolean complete = expected.read(in);
        prefaceBytes += remaining - in.remaining();
        if (complete) {
            preface = null;
            SocketAddress stated = expected.remoteAddress();
            TlsServerConnection next = stated == null ? before : connection(stated);
            if (inputEnded) {
                next.inputClosed();
            }
            return next;
        }
        if (inputEnded) {
            throw new EOFException("the stream ended before TLS began");
        }
        return null;
    }
}
