package dev.lockstep.jmh.engine;

import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import org.conscrypt.Conscrypt;

/** BoringSSL through JNI, as Conscrypt wraps it. */
final class ConscryptEngine implements Engine {
    private final SSLContext context;
    private final String[] suites;

    ConscryptEngine(Scenario scenario, ServerIdentity identity) throws GeneralSecurityException {
        context = SSLContext.getInstance(
                "TLSv1.2",
                Conscrypt.newProviderBuilder().provideTrustManager(false).build());
        context.init(identity.keyManagers(), null, null);
        context.getServerSessionContext().setSessionCacheSize(1);
        suites = new String[] {scenario.suite()};
    }

    static boolean isAvailable() {
        return Conscrypt.isAvailable();
    }

    @Override
    public ServerSession accept() {
        return JsseEngine.accept(context, suites);
    }
}
