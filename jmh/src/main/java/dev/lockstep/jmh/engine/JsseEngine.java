package dev.lockstep.jmh.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** The JDK's own server. It keeps one session instead of 20,480, since nothing is resumed. */
final class JsseEngine implements Engine {
    private final SSLContext context;
    private final String[] suites;

    JsseEngine(Scenario scenario, ServerIdentity identity) throws GeneralSecurityException {
        context = SSLContext.getInstance("TLSv1.2", "SunJSSE");
        context.init(identity.keyManagers(), null, null);
        context.getServerSessionContext().setSessionCacheSize(1);
        suites = new String[] {scenario.suite()};
    }

    @Override
    public ServerSession accept() {
        return accept(context, suites);
    }

    static ServerSession accept(SSLContext context, String[] suites) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(new String[] {"TLSv1.2"});
        engine.setEnabledCipherSuites(suites);
        try {
            return new SslEngineSession(engine, () -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
