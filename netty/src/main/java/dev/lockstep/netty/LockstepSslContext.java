package dev.lockstep.netty;

import dev.lockstep.jsse.LockstepContext;
import dev.lockstep.jsse.LockstepEngine;
import dev.lockstep.jsse.Waiting;
import dev.lockstep.tls.config.TlsServerConfig;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;
import org.jspecify.annotations.Nullable;

/**
 * Netty's {@code SslContext} on Lockstep, for frameworks that make their pipelines themselves and take a context. Handlers
 * from {@code newHandler} wait for the private key without a thread ({@link Waiting#DEFERRED}); their
 * {@code applicationProtocol} is what ALPN has chosen, so that {@code ApplicationProtocolNegotiationHandler} works. In a
 * pipeline of one's own {@link LockstepHandler} does the same with one layer less.
 *
 * <p>Engines from {@code newEngine} have tasks that block ({@link Waiting#TASK}), since they may end in any handler: give it
 * an executor with many threads, or virtual ones. gRPC takes such engines, and its server's executor runs their tasks. A handler
 * that is not from here keeps whatever a client sends while a task runs, however much that is: limit the time of key operations.
 */
@SuppressWarnings("deprecation") // Netty deprecates types that it has no others for
public final class LockstepSslContext extends SslContext {

    private final LockstepContext context;
    private final List<String> cipherSuites;
    private final ApplicationProtocolNegotiator protocols;
    private final @Nullable ReportedProtocols alpn;

    private LockstepSslContext(TlsServerConfig config) {
        this.context = LockstepContext.of(config);
        this.cipherSuites = config.cipherSuites().stream().map(Enum::name).toList();
        List<String> names = config.applicationProtocols();
        boolean chooses = !names.isEmpty() || config.applicationProtocolSelector() != null;
        this.alpn = chooses ? new ReportedProtocols(names) : null;
        this.protocols = alpn == null ? () -> names : alpn;
    }

    /** Returns a context for servers with this configuration. */
    public static LockstepSslContext of(TlsServerConfig config) {
        return new LockstepSslContext(config);
    }

    /** Returns false: Lockstep has servers only. */
    @Override
    public boolean isClient() {
        return false;
    }

    @Override
    public List<String> cipherSuites() {
        return cipherSuites;
    }

    @Override
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return protocols;
    }

    @Override
    public SSLSessionContext sessionContext() {
        return context.getServerSessionContext();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        return telling(context.engine());
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String peerHost, int peerPort) {
        return telling(context.engine(peerHost, peerPort));
    }

    private SSLEngine telling(LockstepEngine engine) {
        return alpn == null ? engine : alpn.reporting(engine);
    }

    @Override
    protected SslHandler newHandler(ByteBufAllocator allocator, boolean startTls) {
        return new DeferredHandler(context.engine(), startTls);
    }

    /** Creates a handler. The executor is not used: the engine has its own, in which no thread waits. */
    @Override
    public SslHandler newHandler(ByteBufAllocator allocator, Executor delegatedTaskExecutor) {
        return newHandler(allocator, false);
    }

    @Override
    protected SslHandler newHandler(ByteBufAllocator allocator, boolean startTls, Executor delegatedTaskExecutor) {
        return newHandler(allocator, startTls);
    }

    @Override
    protected SslHandler newHandler(ByteBufAllocator allocator, String peerHost, int peerPort, boolean startTls) {
        return new DeferredHandler(context.engine(peerHost, peerPort), startTls);
    }

    /** Creates a handler. The executor is not used: the engine has its own, in which no thread waits. */
    @Override
    public SslHandler newHandler(
            ByteBufAllocator allocator, String peerHost, int peerPort, Executor delegatedTaskExecutor) {
        return newHandler(allocator, peerHost, peerPort, false);
    }

    @Override
    protected SslHandler newHandler(
            ByteBufAllocator allocator,
            String peerHost,
            int peerPort,
            boolean startTls,
            Executor delegatedTaskExecutor) {
        return newHandler(allocator, peerHost, peerPort, startTls);
    }
}
