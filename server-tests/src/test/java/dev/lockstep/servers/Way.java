package dev.lockstep.servers;

import dev.lockstep.jsse.LockstepContext;
import dev.lockstep.jsse.Waiting;
import dev.lockstep.netty.LockstepHandler;
import dev.lockstep.netty.LockstepSslContext;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.handler.ssl.SslHandler;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** The servers and their ways to wait for a key: the rows of the table in {@code docs/guide/embedding.md}. */
enum Way {
    NETTY_HANDLER,
    NETTY_DEFERRED,
    NETTY_TASK_ON_THE_LOOP,
    JETTY_PARK,
    JETTY_TASK,
    TOMCAT_TASK,
    TOMCAT_TASK_ON_VIRTUAL_THREADS,
    JDK_TASK,
    JDK_TASK_ON_VIRTUAL_THREADS,
    UNDERTOW_TASK,
    UNDERTOW_TASK_ON_VIRTUAL_THREADS,
    VERTX_DEFERRED,
    GRPC_TASK,
    GRPC_TASK_ON_VIRTUAL_THREADS,
    KAFKA_TASK;

    /** How many threads the executors of the servers have here that are given one. */
    static final int THREADS = 4;

    /** Those that this JDK has the threads for. */
    static Stream<Way> onThisJdk() {
        return Stream.of(values()).filter(way -> RunningServer.hasVirtualThreads() || !way.needsVirtualThreads());
    }

    /** Those that a thousand clients may wait for. */
    static Stream<Way> thatWaitOnFewThreads() {
        return onThisJdk().filter(way -> !way.boundsOperations());
    }

    boolean needsVirtualThreads() {
        return name().endsWith("ON_VIRTUAL_THREADS");
    }

    /**
     * Whether there are no more operations under way than threads that wait for them, as where a connection's own thread begins
     * the operation and waits. Where tasks have an executor for themselves, other threads begin operations meanwhile.
     */
    boolean boundsOperations() {
        return switch (this) {
            case NETTY_TASK_ON_THE_LOOP, JETTY_TASK, TOMCAT_TASK, JDK_TASK, KAFKA_TASK -> true;
            default -> false;
        };
    }

    /** The most operations that can be under way at the same time. */
    int mostPending() {
        return switch (this) {
            case NETTY_TASK_ON_THE_LOOP, KAFKA_TASK -> 1;
            case JETTY_TASK -> JettyServer.THREADS;
            case TOMCAT_TASK, JDK_TASK -> THREADS;
            default -> Integer.MAX_VALUE;
        };
    }

    /** @param config with the application protocols {@code h2} and {@code http/1.1}, for those that need the former */
    RunningServer start(TlsServerConfig config, Path directory) throws Exception {
        return switch (this) {
            case NETTY_HANDLER -> new NettyServer(channel -> new LockstepHandler(config));
            case NETTY_DEFERRED -> {
                LockstepSslContext context = LockstepSslContext.of(config);
                yield new NettyServer(channel -> context.newHandler(channel.alloc()));
            }
            case NETTY_TASK_ON_THE_LOOP -> {
                LockstepContext context = LockstepContext.of(config);
                yield new NettyServer(channel -> new SslHandler(context.engine()));
            }
            case JETTY_PARK -> new JettyServer(LockstepContext.of(config, Waiting.PARK));
            case JETTY_TASK -> new JettyServer(LockstepContext.of(config));
            case TOMCAT_TASK, TOMCAT_TASK_ON_VIRTUAL_THREADS -> {
                ExecutorService executor = executor();
                yield stopping(new TomcatServer(LockstepContext.of(config), executor, directory), executor);
            }
            case JDK_TASK, JDK_TASK_ON_VIRTUAL_THREADS -> {
                ExecutorService executor = executor();
                yield stopping(new JdkServer(LockstepContext.of(config), executor), executor);
            }
            case UNDERTOW_TASK, UNDERTOW_TASK_ON_VIRTUAL_THREADS -> {
                ExecutorService executor = executor();
                yield stopping(new UndertowServer(LockstepContext.of(config), executor), executor);
            }
            case VERTX_DEFERRED -> new VertxServer(LockstepSslContext.of(config));
            case GRPC_TASK, GRPC_TASK_ON_VIRTUAL_THREADS -> {
                ExecutorService executor = executor();
                yield stopping(new GrpcServer(LockstepSslContext.of(config), executor), executor);
            }
            case KAFKA_TASK -> new KafkaServer(LockstepContext.of(config));
        };
    }

    private ExecutorService executor() {
        return needsVirtualThreads() ? RunningServer.virtualThreads() : Executors.newFixedThreadPool(THREADS);
    }

    static RunningServer stopping(RunningServer server, ExecutorService executor) {
        return new RunningServer() {
            @Override
            public int port() {
                return server.port();
            }

            @Override
            public String get(X509Certificate authority) throws Exception {
                return server.get(authority);
            }

            @Override
            public void close() {
                server.close();
                executor.shutdownNow();
            }
        };
    }
}
