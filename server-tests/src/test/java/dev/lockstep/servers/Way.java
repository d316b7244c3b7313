package dev.lockstep.servers;

import dev.lockstep.jsse.LockstepContext;
import dev.lockstep.jsse.Waiting;
import dev.lockstep.netty.LockstepHandler;
import dev.lockstep.netty.LockstepSslContext;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.handler.ssl.SslHandler;
import java.nio.file.Path;
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
    JDK_TASK_ON_VIRTUAL_THREADS;

    /** How many threads the executors of Tomcat and the JDK's server have here. */
    static final int THREADS = 4;

    /** Those that this JDK has the threads for. */
    static Stream<Way> onThisJdk() {
        return Stream.of(values()).filter(way -> RunningServer.hasVirtualThreads() || !way.needsVirtualThreads());
    }

    /** Those that a thousand clients may wait for. */
    static Stream<Way> thatWaitOnFewThreads() {
        return onThisJdk().filter(way -> !way.blocksThreads());
    }

    boolean needsVirtualThreads() {
        return name().endsWith("ON_VIRTUAL_THREADS");
    }

    /** Whether a thread stands still while a key works. */
    boolean blocksThreads() {
        return name().contains("TASK") && !needsVirtualThreads();
    }

    /** The most operations that can be under way at the same time; no bound where no thread waits. */
    int mostPending() {
        return switch (this) {
            case NETTY_TASK_ON_THE_LOOP -> 1;
            case JETTY_TASK -> JettyServer.THREADS;
            case TOMCAT_TASK, JDK_TASK -> THREADS;
            default -> Integer.MAX_VALUE;
        };
    }

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
            public void close() {
                server.close();
                executor.shutdownNow();
            }
        };
    }
}
