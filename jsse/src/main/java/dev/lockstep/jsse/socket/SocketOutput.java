package dev.lockstep.jsse.socket;

import dev.lockstep.nio.BlockingTlsChannel;
import java.io.IOException;
import java.io.OutputStream;

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
