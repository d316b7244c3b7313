package dev.lockstep.jsse.socket;

import dev.lockstep.nio.BlockingTlsChannel;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** What goes to the client. The first write makes the handshake; closing the stream closes the socket. */
final class SocketOutput extends OutputStream {

    private final LockstepSocket socket;

    SocketOutput(LockstepSocket socket) {
        this.socket = socket;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return; // without a handshake, which may take its time
        }
        BlockingTlsChannel begun = socket.ready();
        socket.moving(begun, () -> {
            begun.outputStream().write(bytes, offset, length);
            return begun;
        });
        socket.noteHandshake(begun);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
