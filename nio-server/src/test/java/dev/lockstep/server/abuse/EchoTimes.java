package dev.lockstep.server.abuse;

import dev.lockstep.server.TestClients;
import java.io.IOException;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** How long an established connection waits for its echo. */
final class EchoTimes implements AutoCloseable {

    private final SSLSocket socket;

    EchoTimes(SSLContext context, int port) throws IOException {
        socket = TestClients.client(context, port);
    }

    /** Returns what 99 of 100 echoes stay below, in microseconds. */
    long p99Micros(int rounds) throws IOException {
        long[] nanos = new long[rounds];
        byte[] data = new byte[100];
        for (int i = 0; i < rounds; i++) {
            long began = System.nanoTime();
            socket.getOutputStream().write(data);
            if (socket.getInputStream().readNBytes(data.length).length < data.length) {
                throw new IOException("the server has closed");
            }
            nanos[i] = System.nanoTime() - began;
        }
        Arrays.sort(nanos);
        return nanos[(int) (rounds * 99L / 100)] / 1000;
    }

    static long median(long[] values) {
        long[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
