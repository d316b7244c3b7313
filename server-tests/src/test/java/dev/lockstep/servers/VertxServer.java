package dev.lockstep.servers;

import dev.lockstep.netty.LockstepSslContext;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;

/** Vert.x 5 with one event loop thread. */
final class VertxServer implements RunningServer {

    private static final int BACKLOG = 2048;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final HttpServer server;

    VertxServer(LockstepSslContext context) throws Exception {
        KeyManagerFactory none = KeyManagerFactory.getInstance("PKIX");
        none.init(null, null);
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setSslEngineOptions(new LockstepEngineOptions(context))
                // Vert.x insists on one; the context has its own
                .setKeyCertOptions(KeyCertOptions.wrap(none))
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.2"))
                .setUseAlpn(true)
                .setAcceptBacklog(BACKLOG);
        server = vertx.createHttpServer(options)
                .requestHandler(request -> request.response().end(PAGE))
                .listen(0, InetAddress.getLoopbackAddress().getHostAddress())
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    @Override
    public int port() {
        return server.actualPort();
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** How Vert.x is given an engine of others: it takes handlers from this context. */
    private static final class LockstepEngineOptions extends SSLEngineOptions {
        private final LockstepSslContext context;

        LockstepEngineOptions(LockstepSslContext context) {
            this.context = context;
        }

        @Override
        public SSLEngineOptions copy() {
            return this;
        }

        @Override
        public SslContextFactory sslContextFactory() {
            return () -> context;
        }
    }
}
