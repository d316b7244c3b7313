package dev.lockstep.nio;

import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;

/** The turn of a loop that the Javadoc of {@link TlsChannel} shows, with the loop around it, for one connection. */
final class UsageLoop {

    private final Selector selector = Selector.open();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final ByteBuffer data = ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE);

    UsageLoop() throws IOException {}

    /** Serves a connection to its end. */
    void serve(SocketChannel socket, TlsServerConfig config) throws IOException {
        TlsChannel tls = TlsChannel.server(socket, config, channel -> {
            woken.set(true);
            selector.wakeup();
        });
        SelectionKey key = socket.register(selector, SelectionKey.OP_READ);
        try (selector) {
            while (tls.isOpen()) {
                turn(key, tls, data);
                if (!tls.isOpen()) {
                    return;
                }
                long nanos = tls.deadlineNanos().orElseThrow() - System.nanoTime();
                if (!woken.getAndSet(false)) {
                    selector.select(ready -> {}, Math.max(1, nanos / 1_000_000));
                }
            }
        }
    }

    // the Javadoc begins
    void turn(SelectionKey key, TlsChannel tls, ByteBuffer data) { // data: what is not echoed yet, in write mode
        try {
            int n = 0;
            do {
                data.flip();
                tls.write(data);
                data.compact();
                n = data.hasRemaining() ? tls.read(data) : 0;
            } while (n > 0);
            if (n < 0) {
                tls.close(); // the client said close_notify; called again for every turn until the channel is closed
            }
        } catch (IOException e) {
            tls.close(); // sends the alert, if there is one
        }
        if (tls.isOpen()) {
            key.interestOps(tls.interest() & TlsChannel.SOCKET);
        }
    }
    // the Javadoc ends
}
