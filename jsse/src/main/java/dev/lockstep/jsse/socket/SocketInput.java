package dev.lockstep.jsse.socket;

import dev.lockstep.nio.BlockingTlsChannel;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** What the client sends. The first read makes the handshake; closing the stream closes the socket. */
final class SocketInput extends InputStream {

    private final LockstepSocket socket;

    SocketInput(LockstepSocket socket) {
        this.socket = socket;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0; // without a handshake, which may take its time
        }
        BlockingTlsChannel begun = socket.ready();
        int read = socket.moving(begun, () -> socket.timed(begun).inputStream().read(bytes, offset, length));
        socket.noteHandshake(begun);
        return read;
    }

    @Override
    public int available() throws IOException {
        BlockingTlsChannel begun = socket.established();
        return begun == null ? 0 : socket.moving(begun, begun::available);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
