package dev.lockstep.server.ops;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lockstep.server.UsageError;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code /metrics}, {@code /healthz} and {@code /readyz} over plain HTTP, on threads of their own: it answers while the
 * loops are busy, and while a few of its clients do not come to the end of their requests. It has no authentication, so
 * it belongs on the loopback address or a network of the operator's.
 */
public final class AdminServer implements AutoCloseable {

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final int BACKLOG = 16;
    private static final int THREADS = 4;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final HttpServer server;
    private final ExecutorService threads;
    private final ScheduledExecutorService clock;

    private AdminServer(HttpServer server, ExecutorService threads, ScheduledExecutorService clock) {
        this.server = server;
        this.threads = threads;
        this.clock = clock;
    }

    /** Opens the port, if one was asked for. */
    public static @Nullable AdminServer open(Operations operations) throws UsageError {
        return open(operations, LIMIT);
    }

    /** Opens the port; a client that takes longer than {@code limit} over one request is cut off. */
    static @Nullable AdminServer open(Operations operations, Duration limit) throws UsageError {
        InetSocketAddress address = operations.admin();
        if (address == null) {
            return null;
        }
        HttpServer server;
        try {
            server = HttpServer.create(address, BACKLOG);
        } catch (IOException e) {
            throw new UsageError(
                    "--admin",
                    address.getHostString() + ":" + address.getPort() + " cannot be opened (" + e.getMessage() + ")",
                    "choose another port, or 0 for a free one");
        }
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, AdminServer::thread);
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(AdminServer::thread);
        server.setExecutor(exchange -> threads.execute(() -> within(limit, clock, exchange)));
        server.createContext(
                "/metrics",
                exchange -> answer(
                        exchange,
                        "/metrics",
                        200,
                        "text/plain; version=0.0.4; charset=utf-8",
                        operations.metrics().text()));
        server.createContext("/healthz", exchange -> answer(exchange, "/healthz", 200, TEXT, "ok\n"));
        server.createContext("/readyz", exchange -> {
            boolean ready = operations.isReady();
            String why = operations.draining().get() ? "draining\n" : "the keys are away\n";
            answer(exchange, "/readyz", ready ? 200 : 503, TEXT, ready ? "ready\n" : why);
        });
        server.start();
        return new AdminServer(server, threads, clock);
    }

    private static Thread thread(Runnable task) {
        Thread made = new Thread(task, "lockstep-admin");
        made.setDaemon(true);
        return made;
    }

    /** Runs what reads and writes without a limit of its own; an interruption closes the connection it waits for. */
    private static void within(Duration limit, ScheduledExecutorService clock, Runnable exchange) {
        FutureTask<@Nullable Void> task = new FutureTask<>(exchange, null);
        Future<?> alarm = clock.schedule(() -> task.cancel(true), limit.toMillis(), TimeUnit.MILLISECONDS);
        task.run();
        alarm.cancel(false);
        Thread.interrupted();
    }

    private static void answer(HttpExchange exchange, String path, int status, String type, String text)
            throws IOException {
        try (exchange) {
            boolean known = exchange.getRequestURI().getPath().equals(path);
            boolean reads = exchange.getRequestMethod().equals("GET")
                    || exchange.getRequestMethod().equals("HEAD");
            byte[] body = (known ? text : "not found\n").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", known ? type : TEXT);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(!known ? 404 : !reads ? 405 : status, head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    /** Returns the port. */
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        clock.shutdownNow();
    }
}
