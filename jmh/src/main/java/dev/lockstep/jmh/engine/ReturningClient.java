package dev.lockstep.jmh.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

/** The JDK's client, which offers the session that it had with the same host before. */
final class ReturningClient implements Engine {
    private static final int PORT = 443;

    private final SSLContext context = SSLContext.getInstance("TLSv1.2", "SunJSSE");
    private final String[] suites;

    ReturningClient(Scenario scenario) throws GeneralSecurityException {
        context.init(null, new TrustManager[] {TrustAnything.INSTANCE}, null);
        suites = new String[] {scenario.suite()};
    }

    @Override
    public ServerSession accept() {
        SSLEngine engine = context.createSSLEngine("localhost", PORT);
        engine.setUseClientMode(true);
        engine.setEnabledCipherSuites(suites);
        try {
            return new SslEngineSession(engine, () -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
