package dev.lockstep.jmh.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** The JDK's own server, and what another provider puts in its place. */
final class JsseEngine implements Engine {
    private final SSLContext context;
    private final String[] suites;
    private final boolean needClient;

    JsseEngine(Scenario scenario, ServerIdentity identity, Resumption resumption) throws GeneralSecurityException {
        this(SSLContext.getInstance("TLSv1.2", "SunJSSE"), scenario, identity, resumption);
    }

    /** One session is kept instead of 20,480 where nothing is resumed. */
    JsseEngine(SSLContext context, Scenario scenario, ServerIdentity identity, Resumption resumption)
            throws GeneralSecurityException {
        this.context = context;
        context.init(identity.keyManagers(), ServerIdentity.trustManagers(scenario), null);
        context.getServerSessionContext().setSessionCacheSize(resumption == Resumption.NONE ? 1 : 1000);
        suites = new String[] {scenario.suite()};
        needClient = scenario.hasClientCertificate();
    }

    @Override
    public ServerSession accept() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(new String[] {"TLSv1.2"});
        engine.setEnabledCipherSuites(suites);
        engine.setNeedClientAuth(needClient);
        try {
            return new SslEngineSession(engine, () -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
