package dev.lockstep.jmh.engine;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** BoringSSL through JNI, as netty-tcnative wraps it. */
final class TcnativeEngine implements Engine {
    private static final int TICKET_KEY_PART = 16;

    private final SslContext context;

    TcnativeEngine(Scenario scenario, ServerIdentity identity, Resumption resumption) throws GeneralSecurityException {
        this(scenario, server(scenario, identity));
        OpenSslServerSessionContext sessions = (OpenSslServerSessionContext) context.sessionContext();
        sessions.setSessionCacheEnabled(resumption == Resumption.BY_ID);
        if (resumption == Resumption.BY_TICKET) {
            sessions.setTicketKeys(new OpenSslSessionTicketKey(random(), random(), random()));
        }
    }

    private static byte[] random() {
        byte[] bytes = new byte[TICKET_KEY_PART];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static SslContextBuilder server(Scenario scenario, ServerIdentity identity) {
        SslContextBuilder builder = SslContextBuilder.forServer(identity.key(), identity.certificate());
        return scenario.hasClientCertificate()
                ? builder.trustManager(ClientIdentity.SAME.authority()).clientAuth(ClientAuth.REQUIRE)
                : builder;
    }

    private TcnativeEngine(Scenario scenario, SslContextBuilder builder) throws GeneralSecurityException {
        try {
            context = builder.sslProvider(SslProvider.OPENSSL_REFCNT)
                    .protocols("TLSv1.2")
                    .ciphers(List.of(scenario.suite()))
                    .option(OpenSslContextOption.GROUPS, scenario.groupNames().toArray(new String[0]))
                    .build();
        } catch (SSLException e) {
            throw new GeneralSecurityException("netty-tcnative refuses the configuration", e);
        }
    }

    /** The same library's other end. */
    static TcnativeEngine client(Scenario scenario) throws GeneralSecurityException {
        SslContextBuilder builder = SslContextBuilder.forClient()
                .trustManager(TrustAnything.INSTANCE)
                .endpointIdentificationAlgorithm(null);
        if (scenario.hasClientCertificate()) {
            builder.keyManager(ClientIdentity.SAME.key(), ClientIdentity.SAME.certificate());
        }
        return new TcnativeEngine(scenario, builder);
    }

    static boolean isAvailable() {
        return OpenSsl.isAvailable();
    }

    @Override
    public ServerSession accept() {
        SSLEngine engine = context.newEngine(ByteBufAllocator.DEFAULT);
        try {
            return new SslEngineSession(engine, () -> ReferenceCountUtil.release(engine));
        } catch (IOException e) {
            ReferenceCountUtil.release(engine);
            throw new UncheckedIOException(e);
        }
    }
}
