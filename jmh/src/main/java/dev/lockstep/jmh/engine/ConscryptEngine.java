package dev.lockstep.jmh.engine;

import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import org.conscrypt.Conscrypt;

/** BoringSSL through JNI, as Conscrypt wraps it. */
final class ConscryptEngine {
    private ConscryptEngine() {}

    static Engine create(Scenario scenario, ServerIdentity identity, Resumption resumption)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance(
                "TLSv1.2",
                Conscrypt.newProviderBuilder().provideTrustManager(false).build());
        return new JsseEngine(context, scenario, identity, resumption);
    }

    static boolean isAvailable() {
        return Conscrypt.isAvailable();
    }
}
