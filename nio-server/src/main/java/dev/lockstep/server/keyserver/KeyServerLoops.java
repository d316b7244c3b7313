package dev.lockstep.server.keyserver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs key servers, one for each listener, each on a thread of its own: the TLS computations that strangers cause on the TCP
 * port do not delay the Unix socket. When one ends, all do.
 */
final class KeyServerLoops implements AutoCloseable {

    private final List<KeyServer> servers;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    KeyServerLoops(List<KeyServer> servers) {
        this.servers = List.copyOf(servers);
    }

    /**
     * Serves until {@link #close}; the first key server on the calling thread.
     *
     * @throws IOException when one of them cannot go on
     */
    void run() throws IOException {
        List<Thread> threads = new ArrayList<>();
        for (KeyServer server : servers.subList(1, servers.size())) {
            Thread thread = new Thread(() -> run(server), "lockstep-keyserver-" + (threads.size() + 2));
            thread.start();
            threads.add(thread);
        }
        run(servers.get(0));
        for (Thread thread : threads) {
            joinUninterruptibly(thread);
        }
        Throwable cause = failure.get();
        if (cause != null) {
            throw cause instanceof IOException e
                    ? e
                    : new IOException("a loop of the key server ended: " + cause, cause);
        }
    }

    private void run(KeyServer server) {
        try {
            server.run();
        } catch (Throwable e) { // boundary of the thread: the process must not run on with a listener less
            failure.compareAndSet(null, e);
        } finally {
            close();
        }
    }

    private static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Any thread: makes {@link #run} return soon. */
    @Override
    public void close() {
        servers.forEach(KeyServer::close);
    }
}
