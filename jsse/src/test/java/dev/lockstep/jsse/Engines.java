package dev.lockstep.jsse;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;

/** Servers on engines, as most tests need them. */
final class Engines {

    static final String ECDSA = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
    static final String ECDHE_RSA = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256";
    static final String STATIC_RSA = "TLS_RSA_WITH_AES_128_GCM_SHA256";
    static final String CBC = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256";

    private Engines() {}

    /** One context for many clients, for tests that make thousands of them; sessions are forgotten. */
    static SSLContext clients() {
        try {
            return JdkClient.contextThatTrustsAll();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static RecordingKey key(TestIdentity identity, KeyScript script) {
        return new RecordingKey(identity).withoutConnection().answers(script);
    }

    static EngineServer server(Credential credential, Waiting way, String... suites) throws Exception {
        return server(TestServers.live(credential), way, suites);
    }

    static EngineServer server(TlsServerConfig config, Waiting way, String... suites) throws Exception {
        return new EngineServer(LockstepContext.of(config, way).engine(), JdkClient.trustingAll(suites));
    }

    static EngineServer local(String... suites) throws Exception {
        TestIdentity identity = suites[0].contains("ECDSA") ? TestIdentity.P256 : TestIdentity.RSA_2048;
        return server(TestServers.local(identity), Waiting.TASK, suites);
    }
}
