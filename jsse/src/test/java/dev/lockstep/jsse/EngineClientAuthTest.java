package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.peer.Verdict;
import dev.lockstep.tls.wait.Start;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whether an engine asks for certificates: what the configuration says, until the application says otherwise. */
@Timeout(60)
class EngineClientAuthTest {

    private final RecordingKey key = Engines.key(TestIdentity.P256, KeyScript.ready());

    private LockstepContext context(ClientAuthentication policy) {
        TlsServerConfig config = TestServers.builder(key.credential())
                .clientAuthentication(policy)
                .build();
        return LockstepContext.of(config);
    }

    @Test
    void asConfigured() {
        ClientAuthentication required =
                ClientAuthentication.required((request, waker) -> Start.done(Verdict.accepted()));
        LockstepEngine engine = context(required).engine();
        assertThat(engine.getNeedClientAuth()).isTrue();
        assertThat(engine.getSSLParameters().getNeedClientAuth()).isTrue();
        assertThat(context(ClientAuthentication.none()).engine().getNeedClientAuth())
                .isFalse();
    }

    @Test
    void theApplicationMayAskForLess() throws Exception {
        ClientAuthentication required =
                ClientAuthentication.required((request, waker) -> Start.done(Verdict.accepted()));
        LockstepContext context = context(required);
        LockstepEngine engine = context.engine();
        engine.setWantClientAuth(true);
        assertThat(engine.getWantClientAuth()).isTrue();
        assertThat(engine.getNeedClientAuth()).isFalse();
        EngineServer server = new EngineServer(engine, dev.lockstep.testkit.JdkClient.trustingAll(Engines.ECDSA));
        assertThat(server.runs().isDone()).isTrue();
    }

    /** What the application sets counts for every host name, also where it says what the configuration does by default. */
    @Test
    void theApplicationReplacesTheRuleOfAHost() throws Exception {
        LockstepEngine engine = withRule().engine();
        engine.setNeedClientAuth(true);
        assertThat(engine.getNeedClientAuth()).isTrue();
        EngineServer server = new EngineServer(engine, dev.lockstep.testkit.JdkClient.trustingAll(Engines.ECDSA));
        assertThat(server.runsIntoFailure().failure()).hasMessageContaining("certificate");
    }

    @Test
    void parametersThatAreSetAgainLeaveTheRuleOfAHost() throws Exception {
        LockstepEngine engine = withRule().engine();
        engine.setSSLParameters(engine.getSSLParameters());
        EngineServer server = new EngineServer(engine, dev.lockstep.testkit.JdkClient.trustingAll(Engines.ECDSA));
        assertThat(server.runs().isDone()).isTrue();
    }

    /** The host of the clients here needs no certificate, and every other one does. */
    private LockstepContext withRule() {
        TlsServerConfig config = TestServers.builder(key.credential())
                .clientAuthentication(ClientAuthentication.required((request, waker) -> Start.done(Verdict.accepted())))
                .clientAuthentication("server.test", ClientAuthentication.none())
                .build();
        return LockstepContext.of(config);
    }

    @Test
    void theAuthoritiesOfJavaServeWhereNoneAreConfigured() throws Exception {
        LockstepEngine engine = context(ClientAuthentication.none()).engine();
        engine.setWantClientAuth(true);
        EngineServer server = new EngineServer(engine, dev.lockstep.testkit.JdkClient.trustingAll(Engines.ECDSA));
        assertThat(server.runs().isDone()).isTrue();
    }
}
