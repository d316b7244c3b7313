package dev.lockstep.jmh.sockets;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.internal.tcnative.SSL;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The client of every load: BoringSSL through netty-tcnative, with TLS 1.2, one suite, and session tickets offered as
 * browsers do. It believes any certificate; {@link Probe} has looked at it before. Safe for any thread.
 */
final class TlsClient implements AutoCloseable {
    private static final long SESSION_SECONDS = 4 * 3600;

    private final InetSocketAddress address;
    private final SslContext context;

    TlsClient(int port) throws IOException {
        address = new InetSocketAddress(Site.HOST, port);
        context = SslContextBuilder.forClient()
                .sslProvider(SslProvider.OPENSSL_REFCNT)
                .protocols("TLSv1.2")
                .ciphers(List.of(Site.SCENARIO.suite()))
                .option(OpenSslContextOption.GROUPS, Site.SCENARIO.groupNames().toArray(new String[0]))
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .endpointIdentificationAlgorithm(null)
                .sessionTimeout(SESSION_SECONDS)
                .build();
        // Without a key, which is a server's: it is this call that offers tickets.
        ((OpenSslSessionContext) context.sessionContext()).setTicketKeys();
    }

    static boolean isAvailable() {
        return OpenSsl.isAvailable();
    }

    InetSocketAddress address() {
        return address;
    }

    /**
     * A connection's engine, to be released.
     *
     * @param resuming whether it offers the session of an earlier one, if there is any, and keeps its own
     */
    ReferenceCountedOpenSslEngine engine(boolean resuming) {
        // The cache knows sessions by the peer's name and port; a connection without them has none. An IP address is
        // not
        // sent as the server's name.
        return (ReferenceCountedOpenSslEngine)
                (resuming
                        ? context.newEngine(ByteBufAllocator.DEFAULT, Site.HOST, address.getPort())
                        : context.newEngine(ByteBufAllocator.DEFAULT));
    }

    /** Whether the handshake, just completed, continued an earlier session. */
    static boolean isResumed(ReferenceCountedOpenSslEngine engine) {
        return SSL.isSessionReused(engine.sslPointer());
    }

    @Override
    public void close() {
        ReferenceCountUtil.release(context);
    }
}
