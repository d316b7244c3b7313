package dev.lockstep.testkit;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;

/**
 * A TCP connection that notes the type of the last TLS record received: the JDK's client takes the end of the stream for a good
 * one, whether close_notify came before it or not. For the thread that reads.
 */
public final class TappedSocket extends Socket {

    private static final int ALERT = 21;
    private static final int HEADER = 5;

    private int headerBytes;
    private int type;
    private int left;

    /** Connects to a port of this machine. */
    public TappedSocket(int port) throws IOException {
        super(InetAddress.getLoopbackAddress(), port);
        setSoTimeout(30_000);
        setTcpNoDelay(true);
    }

    /** Returns whether the last record was an alert, and whole. */
    public boolean endsWithAlert() {
        return type == ALERT && headerBytes == 0;
    }

    private void see(int octet) {
        if (headerBytes == HEADER) {
            if (--left == 0) {
                headerBytes = 0;
            }
            return;
        }
        switch (headerBytes++) {
            case 0 -> type = octet;
            case 3 -> left = octet << 8;
            case 4 -> left |= octet;
            default -> {} // the version
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                int octet = super.read();
                if (octet >= 0) {
                    see(octet);
                }
                return octet;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int count = super.read(into, offset, length);
                for (int i = 0; i < count; i++) {
                    see(into[offset + i] & 0xFF);
                }
                return count;
            }
        };
    }
}
