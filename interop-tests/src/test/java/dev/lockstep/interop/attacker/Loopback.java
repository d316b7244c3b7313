package dev.lockstep.interop.attacker;

import de.rub.nds.tlsattacker.transport.Connection;
import de.rub.nds.tlsattacker.transport.tcp.ClientTcpTransportHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * TLS-Attacker's socket, without the delay that collects small segments, and with the means to send several messages in
 * one.
 */
final class Loopback extends ClientTcpTransportHandler {
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private boolean holding;

    Loopback(Connection connection) {
        super(connection);
    }

    @Override
    public void initialize() throws IOException {
        super.initialize();
        socket.setTcpNoDelay(true);
    }

    @Override
    public void sendData(byte[] data) throws IOException {
        if (holding) {
            held.write(data);
        } else {
            super.sendData(data);
        }
    }

    /** Keeps from here on what is sent. */
    void hold() {
        holding = true;
    }

    /** Sends what was kept, in one segment. */
    void release() {
        holding = false;
        try {
            super.sendData(held.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        held.reset();
    }
}
