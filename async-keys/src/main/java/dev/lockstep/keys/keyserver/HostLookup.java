package dev.lockstep.keys.keyserver;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
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

    /** Those who wait for the answer to the question under way. */
    private final List<CompletableFuture<List<SocketAddress>>> waiting = new ArrayList<>();

    private boolean asking;

    /** An answer that came too late for all who had waited for it. */
    private @Nullable List<SocketAddress> untaken;

    HostLookup(String host, int port, Resolver resolver) {
        this.host = host;
        this.port = port;
        this.resolver = resolver;
    }

    /**
     * Begins to ask, or joins a question that has no answer yet: a name service that hangs must not collect threads. Who does
     * not wait any more cancels the future. If all have done so before the addresses came, the next one is given these at
     * once: where each answer takes longer than an attempt may, none would be of use otherwise.
     */
    synchronized CompletableFuture<List<SocketAddress>> start() {
        List<SocketAddress> late = untaken;
        if (late != null) {
            untaken = null;
            return CompletableFuture.completedFuture(late);
        }
        CompletableFuture<List<SocketAddress>> future = new CompletableFuture<>();
        waiting.removeIf(CompletableFuture::isDone);
        waiting.add(future);
        if (!asking) {
            asking = true;
            try {
                Thread thread = new Thread(this::ask, "lockstep-host-lookup");
                thread.setDaemon(true);
                thread.start();
            } catch (OutOfMemoryError e) {
                fail(e); // no thread is to be had now; the next attempt may have one
            }
        }
        return future;
    }

    private void ask() {
        try {
            answer(Stream.of(resolver.resolve(host))
                    .limit(MOST)
                    .<SocketAddress>map(address -> new InetSocketAddress(address, port))
                    .toList());
        } catch (UnknownHostException | RuntimeException | Error e) {
            fail(e); // boundary of the thread: the attempt must not wait for its end
        }
    }

    /** Those who wait only wake their loops by it, so that the lock is held for no longer than that. */
    private synchronized void answer(List<SocketAddress> addresses) {
        boolean taken = false;
        for (CompletableFuture<List<SocketAddress>> each : end()) {
            taken |= each.complete(addresses);
        }
        untaken = taken ? null : addresses;
    }

    /** A failure is not kept: the next attempt asks again, and may have an answer. */
    private synchronized void fail(Throwable cause) {
        end().forEach(each -> each.completeExceptionally(cause));
    }

    private List<CompletableFuture<List<SocketAddress>>> end() {
        asking = false;
        List<CompletableFuture<List<SocketAddress>>> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }
}
