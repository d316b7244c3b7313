package dev.lockstep.servers;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import org.xnio.Options;

/** Undertow, whose delegated tasks run on an executor of the test. */
final class UndertowServer implements RunningServer {

    private static final int BACKLOG = 2048;

    private final Undertow undertow;

    UndertowServer(SSLContext context, Executor executor) {
        undertow = Undertow.builder()
                .addHttpsListener(0, InetAddress.getLoopbackAddress().getHostAddress(), context)
                .setSslEngineDelegatedTaskExecutor(executor)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .setSocketOption(Options.BACKLOG, BACKLOG)
                .setIoThreads(1)
                .setWorkerThreads(1)
                .setHandler(exchange -> exchange.getResponseSender().send(PAGE))
                .build();
        undertow.start();
    }

    @Override
    public int port() {
        return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    }

    @Override
    public void close() {
        undertow.stop();
    }
}
