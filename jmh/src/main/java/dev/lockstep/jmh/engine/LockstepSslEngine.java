package dev.lockstep.jmh.engine;

import dev.lockstep.jsse.LockstepContext;
import dev.lockstep.tls.provider.CryptoProviders;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Lockstep behind {@code SSLEngine}: what that costs is the difference to {@link LockstepEngine}. */
final class LockstepSslEngine implements Engine {
    private final LockstepContext context;

    LockstepSslEngine(Scenario scenario, ServerIdentity identity, Resumption resumption) {
        context = LockstepContext.of(LockstepEngine.config(scenario, identity, resumption, CryptoProviders.NONE));
    }

    @Override
    public ServerSession accept() {
        try {
            return new SslEngineSession(context.engine(), () -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
