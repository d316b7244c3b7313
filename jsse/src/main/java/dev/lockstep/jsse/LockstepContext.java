package dev.lockstep.jsse;

import dev.lockstep.jsse.manager.ClientVerifiers;
import dev.lockstep.jsse.session.SessionCache;
import dev.lockstep.jsse.setting.Context;
import dev.lockstep.tls.config.TlsServerConfig;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An {@code SSLContext} on a configuration of Lockstep's own, for servers that take a context or an engine. {@code init} is not
 * to be called: the configuration says it all. By the names of the Java Cryptography Architecture, with key managers and trust
 * managers, contexts come from {@link LockstepProvider}.
 *
 * <pre>{@code
 * SSLContext context = LockstepContext.of(config);              // delegated tasks block
 * LockstepContext parked = LockstepContext.of(config, Waiting.PARK);
 * }</pre>
 */
public final class LockstepContext extends SSLContext {

    private final ContextSpi spi;

    private LockstepContext(ContextSpi spi) {
        super(spi, LockstepProvider.INSTANCE, "TLSv1.2");
        this.spi = spi;
    }

    /** Returns a context whose engines wait by tasks that block; see {@link Waiting#TASK}. */
    public static LockstepContext of(TlsServerConfig config) {
        return of(config, Waiting.TASK);
    }

    /** Returns a context whose engines wait in this way, unless they are set to another one. */
    public static LockstepContext of(TlsServerConfig config, Waiting way) {
        Objects.requireNonNull(config, "config");
        Context context = new Context(config, null, ClientVerifiers.of(config), SessionCache.of(config));
        return new LockstepContext(new ContextSpi(context, Objects.requireNonNull(way, "waiting")));
    }

    /** Returns an engine, as {@link #createSSLEngine()} makes it, with its own type. */
    public LockstepEngine engine() {
        return spi.engine(null, -1);
    }

    /**
     * Returns an engine, as {@link #createSSLEngine(String, int)} makes it, with its own type.
     *
     * @param peerHost what sessions and managers are told of the client. An IP address also gives the client its share of the
     *     threads on which keys and trust managers block; names are not looked up
     */
    public LockstepEngine engine(@Nullable String peerHost, int peerPort) {
        return spi.engine(peerHost, peerPort);
    }
}
