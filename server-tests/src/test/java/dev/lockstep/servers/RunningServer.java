package dev.lockstep.servers;

import java.net.InetAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server of others that listens on a loopback port and answers {@code GET /}, or a like request, with a short page. */
interface RunningServer extends AutoCloseable {

    /** What every one of them answers. */
    String PAGE = "served by Lockstep\n";

    int port();

    /** Gets {@link #PAGE} as a client of this server does, over a connection of its own. */
    default String get(X509Certificate authority) throws Exception {
        return Http1.get(new Socket(InetAddress.getLoopbackAddress(), port()), authority);
    }

    @Override
    void close();

    /** Whether this JDK has virtual threads. */
    static boolean hasVirtualThreads() {
        return Runtime.version().feature() >= 21;
    }

    /** An executor with a virtual thread for each task; the classes of the test are those of Java 17. */
    static ExecutorService virtualThreads() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
