package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.PendingOperation;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a connection calls while it is moved may wait for a thread that asks the engine something: such a thread may hold a lock
 * that the key needs.
 */
@Timeout(120)
class EngineThreadsTest {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<HandshakeStatus> seen = new CopyOnWriteArrayList<>();

    @AfterEach
    void ends() {
        threads.shutdownNow();
    }

    /** Another thread asks all that can be asked, and sets what may not be set any more. */
    private SSLSession looksAt(LockstepEngine engine) {
        try {
            return threads.submit(() -> {
                        seen.add(engine.getHandshakeStatus());
                        assertThat(engine.isInboundDone()).isFalse();
                        boolean unused = engine.isOutboundDone();
                        assertThat(engine.toString()).startsWith("LockstepEngine[");
                        assertThat(engine.getSSLParameters().getCipherSuites()).isNotEmpty();
                        assertThat(engine.getEnabledCipherSuites()).isNotEmpty();
                        assertThat(engine.getNeedClientAuth()).isFalse();
                        assertThat(engine.getSession()).isNotNull();
                        Object info = engine.connectionInfo();
                        String protocol = engine.getApplicationProtocol();
                        String next = engine.getHandshakeApplicationProtocol();
                        assertThatThrownBy(() -> engine.setWaiting(engine.waiting()))
                                .as("%s, %s, %s", info, protocol, next)
                                .isInstanceOf(IllegalStateException.class);
                        return engine.getHandshakeSession();
                    })
                    .get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("another thread could not look at the engine", e);
        }
    }

    /** Signs, and looks whenever it is called. */
    private final class LookingKey implements ExternalPrivateKey {

        private final List<String> calls = new ArrayList<>();
        private LockstepEngine engine;
        private boolean answers = true;

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256);
        }

        private void called(String call) {
            calls.add(call);
            assertThat(looksAt(engine)).isNotNull();
        }

        @Override
        public Start<byte[]> startSign(SignRequest request, Waker waker) {
            called("start");
            waker.wake();
            return Start.inProgress(new PendingOperation<>() {
                @Override
                public Progress<byte[]> resume() throws Exception {
                    called("resume");
                    if (!answers) {
                        return Progress.inProgress();
                    }
                    Signature signature = Signature.getInstance("SHA256withECDSA");
                    signature.initSign(TestIdentity.P256.privateKey());
                    signature.update(request.message());
                    return Progress.done(signature.sign());
                }

                @Override
                public void cancel() {
                    calls.add("cancel");
                    SSLSession unused = looksAt(engine);
                }
            });
        }
    }

    private static EngineServer server(LookingKey key, Waiting way) throws Exception {
        Credential credential = Credential.external(TestIdentity.P256.chain(), key);
        EngineServer server = Engines.server(credential, way, Engines.ECDSA);
        key.engine = server.engine;
        return server;
    }

    @ParameterizedTest
    @EnumSource(Waiting.class)
    void aKeyThatWaitsForAThreadThatAsks(Waiting way) throws Exception {
        LookingKey key = new LookingKey();
        EngineServer server = server(key, way).runsIntoFailure();
        assertThat(server.failure()).isNull();
        assertThat(server.isDone()).isTrue();
        assertThat(key.calls).containsExactly("start", "resume");
        assertThat(seen).hasSize(2).doesNotContain(HandshakeStatus.NOT_HANDSHAKING);
        server.echoes("hello");
    }

    @ParameterizedTest
    @EnumSource(Waiting.class)
    void aKeyThatWaitsForAThreadThatAsksWhileItIsCancelled(Waiting way) throws Exception {
        LookingKey key = new LookingKey();
        key.answers = false;
        EngineServer server = server(key, way);
        server.unwraps();
        server.wraps();
        server.engine.closeOutbound();
        assertThat(key.calls).endsWith("cancel");
        assertThat(seen).hasSameSizeAs(key.calls);
        assertThat(server.engine.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
        assertThat(server.engine.isInboundDone()).isTrue();
    }

    /** What they see is the handshake that asks, also in a renegotiation, of which no call has ended yet. */
    @Test
    void matchersAndSelectorsThatWaitForAThreadThatAsks() throws Exception {
        RecordingKey key = Engines.key(TestIdentity.P256, KeyScript.ready());
        LockstepEngine engine = LockstepContext.of(TestServers.builder(key.credential())
                        .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                        .build())
                .engine();
        List<SSLSession> sessions = new ArrayList<>();
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setSNIMatchers(List.of(new SNIMatcher(0) {
            @Override
            public boolean matches(SNIServerName name) {
                assertThat(name).isInstanceOf(SNIHostName.class);
                return sessions.add(looksAt(engine));
            }
        }));
        engine.setSSLParameters(parameters);
        engine.setHandshakeApplicationProtocolSelector((asking, offered) -> {
            sessions.add(looksAt(engine));
            return offered.get(0);
        });
        SSLEngine client = JdkClient.engine(Engines.clients(), Engines.ECDSA);
        SSLParameters offers = client.getSSLParameters();
        offers.setApplicationProtocols(new String[] {"h2"});
        client.setSSLParameters(offers);
        EngineServer server = new EngineServer(engine, new JdkClient(client)).runs();
        assertThat(server.isDone()).isTrue();
        assertThat(sessions).hasSize(2).doesNotContainNull();
        assertThat(sessions.get(0)).isSameAs(sessions.get(1));
        server.client.renegotiates();
        server.runs();
        assertThat(engine.connectionInfo().applicationProtocol()).isEqualTo("h2");
        assertThat(sessions).hasSize(4).doesNotContainNull();
        assertThat(sessions.get(2)).isSameAs(sessions.get(3)).isNotSameAs(sessions.get(0));
        server.echoes("hello");
    }

    /** The engine is not begun yet, and is while its trust manager says whom it trusts. */
    @Test
    void aTrustManagerThatNamesItsAuthoritiesAndWaits() throws Exception {
        LockstepEngine[] engine = new LockstepEngine[1];
        TrustManager looking = new ProviderTest.TrustingAll() {
            @Override
            public X509Certificate[] getAcceptedIssuers() {
                try {
                    HandshakeStatus status = threads.submit(() -> {
                                assertThat(engine[0].getSSLParameters().getNeedClientAuth())
                                        .isTrue();
                                return engine[0].getHandshakeStatus();
                            })
                            .get(20, TimeUnit.SECONDS);
                    seen.add(status);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                return super.getAcceptedIssuers();
            }
        };
        SSLContext context = SSLContext.getInstance("TLSv1.2", new LockstepProvider());
        context.init(new KeyManager[0], new TrustManager[] {looking}, null);
        engine[0] = (LockstepEngine) context.createSSLEngine();
        engine[0].setNeedClientAuth(true);
        engine[0].beginHandshake();
        assertThat(seen).containsExactly(HandshakeStatus.NOT_HANDSHAKING);
        assertThat(engine[0].getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);
    }

    /** A handshake that could not begin leaves the settings as they were: to be changed, and tried again. */
    @Test
    void settingsCanBeChangedAfterAHandshakeThatCouldNotBegin() throws Exception {
        LockstepEngine engine = Engines.local(Engines.ECDSA).engine;
        String[] suites = engine.getEnabledCipherSuites();
        engine.setEnabledCipherSuites(new String[0]);
        assertThatThrownBy(engine::beginHandshake).hasMessageContaining("no cipher suite");
        engine.setEnabledCipherSuites(suites);
        engine.setWaiting(Waiting.PARK);
        engine.beginHandshake();
        assertThatThrownBy(() -> engine.setEnabledCipherSuites(new String[0]))
                .isInstanceOf(IllegalStateException.class);
    }
}
