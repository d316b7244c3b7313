package dev.lockstep.jsse;

import dev.lockstep.jsse.manager.ClientVerifiers;
import dev.lockstep.jsse.manager.ServerKeys;
import dev.lockstep.jsse.session.SessionCache;
import dev.lockstep.jsse.setting.Context;
import dev.lockstep.jsse.setting.EngineSettings;
import dev.lockstep.jsse.setting.Names;
import dev.lockstep.jsse.socket.LockstepServerSocketFactory;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** The context behind {@link LockstepContext} and the names of {@link LockstepProvider}. */
final class ContextSpi extends SSLContextSpi {

    /** A server may ask its client for another handshake; a client that asks is refused, as that costs the server more. */
    private static final RenegotiationPolicy RENEGOTIATION = RenegotiationPolicy.ALLOWED
            .withClientMayAsk(false)
            .withClientCertificateMayChange(true)
            .withMinInterval(Duration.ZERO);

    private final Waiting way;
    private final boolean fixed;
    private final AtomicInteger initializations = new AtomicInteger();
    private final SessionCache sessions;
    /** Always empty: there are no clients. */
    private final SessionCache clientSessions = SessionCache.inMemory();

    private volatile @Nullable Context context;

    /** For {@code SSLContext.getInstance}: to be initialized. */
    ContextSpi() {
        this.way = Waiting.TASK;
        this.fixed = false;
        this.sessions = SessionCache.inMemory();
    }

    ContextSpi(Context context, Waiting way) {
        this.context = context;
        this.sessions = context.sessions();
        this.way = way;
        this.fixed = true;
    }

    LockstepEngine engine(@Nullable String peerHost, int peerPort) {
        return new LockstepEngine(context(), way, peerHost, peerPort);
    }

    private Context context() {
        Context ready = context;
        if (ready == null) {
            throw new IllegalStateException("the context is not initialized; call init");
        }
        return ready;
    }

    @Override
    protected void engineInit(
            KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom random)
            throws KeyManagementException {
        if (fixed) {
            throw new KeyManagementException(
                    "this context has its configuration; get another one by its name to init it");
        }
        // Suites that an engine enables beyond those of MODERN need the groups that INTERMEDIATE has.
        TlsServerConfigBuilder builder = TlsServerConfig.builder()
                .policy(Policy.INTERMEDIATE)
                .cipherSuites(withoutPsk())
                .credentialSelector((request, waker) -> {
                    throw new IllegalStateException("every connection has a selector of its own");
                })
                .renegotiation(RENEGOTIATION)
                .sessionStore(sessions)
                // the store is this context's own; what other managers have vouched for does not count any more
                .sessionContext(
                        Integer.toString(initializations.incrementAndGet()).getBytes(StandardCharsets.US_ASCII))
                .sessionLifetime(Duration.ofDays(7)); // the store's time limit can be set, and is shorter
        if (random != null) {
            builder.random(random);
        }
        try {
            context = new Context(builder.build(), ServerKeys.of(keys), ClientVerifiers.of(trust), sessions);
            sessions.forgetAll(); // of other managers, if the context was initialized before
        } catch (GeneralSecurityException e) {
            throw new KeyManagementException("the default trust managers cannot be made", e);
        }
    }

    private static List<dev.lockstep.tls.spec.CipherSuite> withoutPsk() {
        return Policy.MODERN.cipherSuites().stream()
                .filter(suite -> !suite.keyExchange().usesPsk())
                .toList();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        return engine(null, -1);
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return engine(host, port);
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        Context unused = context();
        throw new UnsupportedOperationException("Lockstep is a server; take client sockets from another provider");
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        return new LockstepServerSocketFactory(context());
    }

    /** There from the beginning, so that its bounds can be set before the context is initialized. */
    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return sessions;
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return clientSessions;
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return new EngineSettings(context().config()).parameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return new SSLParameters(Names.supportedSuites(), Names.supportedProtocols());
    }
}
