package dev.lockstep.jmh.slow;

import dev.lockstep.jmh.engine.ServerIdentity;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.X509Certificate;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** The JDK's TLS: the delegated task blocks while the key works, so that it needs a thread for each handshake. */
final class SlowJsse implements SlowServer {
    private final ExecutorService tasks;
    private final SSLContext context = SSLContext.getInstance("TLSv1.2", "SunJSSE");

    SlowJsse(ServerIdentity identity, int threads) throws GeneralSecurityException {
        tasks = Executors.newFixedThreadPool(threads);
        Security.insertProviderAt(new SlowProvider(), 1);
        context.init(
                new KeyManager[] {new OneKey(SlowProvider.slow(identity.key()), identity.certificate())}, null, null);
        context.getServerSessionContext().setSessionCacheSize(1);
    }

    @Override
    public Session accept(Runnable wake) throws IOException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledCipherSuites(new String[] {SlowKeyBenchmark.SCENARIO.suite()});
        return new SlowEngineSession(
                engine,
                task -> {
                    tasks.execute(() -> {
                        task.run();
                        wake.run();
                    });
                    return true;
                },
                () -> {});
    }

    @Override
    public void close() {
        tasks.shutdownNow();
        Security.removeProvider(SlowProvider.NAME);
    }

    private static final class OneKey extends X509ExtendedKeyManager {
        private final PrivateKey key;
        private final X509Certificate certificate;

        OneKey(PrivateKey key, X509Certificate certificate) {
            this.key = key;
            this.certificate = certificate;
        }

        @Override
        public @Nullable String chooseEngineServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
            return type.equals("EC") ? "key" : null;
        }

        @Override
        public @Nullable String chooseServerAlias(
                String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return chooseEngineServerAlias(type, issuers, null);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return new X509Certificate[] {certificate};
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return key;
        }

        @Override
        public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
            return new String[] {"key"};
        }

        @Override
        public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
            return null;
        }

        @Override
        public @Nullable String chooseClientAlias(
                String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
            return null;
        }
    }
}
