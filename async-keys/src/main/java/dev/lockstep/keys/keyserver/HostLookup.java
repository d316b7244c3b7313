package dev.lockstep.keys.keyserver;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks up the addresses of a host name, which blocks, on a thread of its own. Safe for any thread.
 */
final class HostLookup {

    /** So many addresses are tried: a name with more would leave too little time for each. */
    static final int MOST = 8;

    /** What knows the addresses of names: {@link InetAddress#getAllByName}, but for tests. */
    @FunctionalInterface
    interface Resolver {

        /**
         * Returns at least one address; may block.
         *
         * @throws UnknownHostException when the name has none, or that cannot be found out now
         */
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    private final String host;
    private final int port;
    private final Resolver resolver;
    private @Nullable CompletableFuture<List<SocketAddress>> latest;

    HostLookup(String host, int port, Resolver resolver) {
        this.host = host;
        this.port = port;
        this.resolver = resolver;
    }

    /** Begins to ask, or joins a question that has no answer yet: a name service that hangs must not collect threads. */
    synchronized CompletableFuture<List<SocketAddress>> start() {
        CompletableFuture<List<SocketAddress>> running = latest;
        if (running != null && !running.isDone()) {
            return running;
        }
        CompletableFuture<List<SocketAddress>> asked = new CompletableFuture<>();
        latest = asked;
        try {
            Thread thread = new Thread(() -> ask(asked), "lockstep-host-lookup");
            thread.setDaemon(true);
            thread.start();
        } catch (OutOfMemoryError e) {
            asked.completeExceptionally(e); // no thread is to be had now; the next attempt may have one
        }
        return asked;
    }

    private void ask(CompletableFuture<List<SocketAddress>> asked) {
        try {
            asked.complete(Stream.of(resolver.resolve(host))
                    .limit(MOST)
                    .<SocketAddress>map(address -> new InetSocketAddress(address, port))
                    .toList());
        } catch (UnknownHostException | RuntimeException | Error e) {
            asked.completeExceptionally(e); // boundary of the thread: the attempt must not wait for its end
        }
    }
}
