package dev.lockstep.jmh.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.bouncycastle.tls.TlsProtocol;

/** Either end of a connection through bctls' non-blocking interface, which takes arrays and queues what it is given. */
final class BctlsSession implements ServerSession {
    private static final int HEADER = 5;

    private final TlsProtocol protocol;
    private byte[] array = new byte[1 << 14];

    BctlsSession(TlsProtocol protocol) {
        this.protocol = protocol;
    }

    @Override
    public void handshake(ByteBuffer netIn, ByteBuffer netOut) throws IOException {
        offer(netIn, netIn.remaining());
        drain(netOut);
    }

    @Override
    public boolean isEstablished() {
        return protocol.isConnected();
    }

    @Override
    public void read(ByteBuffer netIn, ByteBuffer appOut) throws IOException {
        int at = netIn.position() + HEADER - 2;
        offer(netIn, HEADER + ((netIn.get(at) & 0xff) << 8 | (netIn.get(at + 1) & 0xff)));
        protocol.readInput(appOut, protocol.getAvailableInputBytes());
    }

    @Override
    public void write(ByteBuffer appIn, ByteBuffer netOut) throws IOException {
        int length = appIn.remaining();
        if (appIn.hasArray()) {
            protocol.writeApplicationData(appIn.array(), appIn.arrayOffset() + appIn.position(), length);
            appIn.position(appIn.limit());
        } else {
            appIn.get(array, 0, length);
            protocol.writeApplicationData(array, 0, length);
        }
        drain(netOut);
    }

    private void offer(ByteBuffer netIn, int length) throws IOException {
        if (netIn.hasArray()) {
            protocol.offerInput(netIn.array(), netIn.arrayOffset() + netIn.position(), length);
            netIn.position(netIn.position() + length);
        } else {
            if (array.length < length) {
                array = new byte[length];
            }
            netIn.get(array, 0, length);
            protocol.offerInput(array, 0, length);
        }
    }

    private void drain(ByteBuffer netOut) {
        int waiting = protocol.getAvailableOutputBytes();
        if (waiting > 0) {
            protocol.readOutput(netOut, waiting);
        }
    }
}
