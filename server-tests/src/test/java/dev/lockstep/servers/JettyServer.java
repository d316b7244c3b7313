package dev.lockstep.servers;

import dev.lockstep.jsse.LockstepContext;
import dev.lockstep.jsse.LockstepEngine;
import dev.lockstep.jsse.Waiting;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty 12 with few threads. */
final class JettyServer implements RunningServer {

    /** An acceptor, a selector, and the rest to serve. */
    static final int THREADS = 6;

    private static final int BACKLOG = 2048;

    private final Server server = new Server(new QueuedThreadPool(THREADS, THREADS));
    private final ServerConnector connector;

    JettyServer(SSLContext context) throws Exception {
        this(context, THREADS);
    }

    JettyServer(SSLContext context, int threads) throws Exception {
        ((QueuedThreadPool) server.getThreadPool()).setMaxThreads(threads);
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(context);
        tls.setExcludeCipherSuites(); // by default those with the RSA key exchange; the configuration decides that
        HttpConfiguration https = new HttpConfiguration();
        https.addCustomizer(new SecureRequestCustomizer());
        HttpConnectionFactory http1 = new HttpConnectionFactory(https);
        connector = new ServerConnector(server, 1, 1, protocols(context, tls, https, http1));
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        connector.setAcceptQueueSize(BACKLOG);
        connector.setIdleTimeout(120_000);
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                if (request.getMethod().equals("POST")) {
                    Content.copy(request, response, callback);
                } else {
                    response.write(true, ByteBuffer.wrap(PAGE.getBytes(StandardCharsets.US_ASCII)), callback);
                }
                return true;
            }
        });
        server.start();
    }

    /** HTTP/2 too where {@link JettyAlpn} knows the engines; Jetty's own processor for those of the JDK is not here. */
    private static ConnectionFactory[] protocols(
            SSLContext context, SslContextFactory.Server tls, HttpConfiguration https, HttpConnectionFactory http1) {
        if (!(context instanceof LockstepContext)) {
            return new ConnectionFactory[] {new SslConnectionFactory(tls, http1.getProtocol()), http1};
        }
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
        alpn.setDefaultProtocol(http1.getProtocol());
        WakingFactory waking = new WakingFactory(tls, alpn.getProtocol());
        return new ConnectionFactory[] {waking, alpn, new HTTP2ServerConnectionFactory(https), http1};
    }

    @Override
    public int port() {
        return connector.getLocalPort();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("Jetty does not stop", e);
        }
    }

    /** With {@link Waiting#PARK}, the connection reads again when the key has answered. */
    private static final class WakingFactory extends SslConnectionFactory {
        WakingFactory(SslContextFactory.Server tls, String next) {
            super(tls, next);
        }

        @Override
        protected SslConnection newSslConnection(Connector connector, EndPoint endPoint, SSLEngine engine) {
            SslConnection connection = super.newSslConnection(connector, endPoint, engine);
            if (engine instanceof LockstepEngine waiting && endPoint instanceof AbstractEndPoint socket) {
                waiting.onWake(() -> socket.getFillInterest().fillable());
            }
            return connection;
        }
    }
}
