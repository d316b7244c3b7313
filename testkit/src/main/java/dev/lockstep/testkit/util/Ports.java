package dev.lockstep.testkit.util;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Free ports for servers to be started, on every address of this machine. They lie below the range from which systems
 * take the local ports of outgoing connections, so that no client of a test running beside it can take one in between.
 */
public final class Ports {
    private static final int FIRST = 21_000;
    private static final int COUNT = 10_000;
    private static final AtomicInteger NEXT =
            new AtomicInteger((int) (ProcessHandle.current().pid() * 37 % COUNT));

    private Ports() {}

    /**
     * A port that is now taken on none of this machine's addresses: neither a server listens nor does a connection use
     * it. This JVM does not give it out again soon.
     */
    public static int free() throws IOException {
        for (int tries = 0; tries < COUNT; tries++) {
            int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
            try (Socket socket = new Socket()) {
                socket.bind(new InetSocketAddress(port)); // all addresses, and does not listen
                return port;
            } catch (BindException taken) {
                // the next one
            }
        }
        throw new IOException("no free port from " + FIRST + " to " + (FIRST + COUNT - 1));
    }
}
