package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import java.nio.ByteBuffer;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

/** What an engine can be set to. */
class EngineParametersTest {

    private static final String GCM_256 = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";

    private final LockstepContext context = LockstepContext.of(TestServers.live(TestServers.local(TestIdentity.P256)));
    private final LockstepEngine engine = context.engine();

    private EngineServer server(SSLEngine client) throws Exception {
        return new EngineServer(engine, new JdkClient(client));
    }

    private static SSLEngine client(String... protocols) throws Exception {
        SSLEngine client = JdkClient.engine(JdkClient.contextThatTrustsAll(), Engines.ECDSA, GCM_256);
        SSLParameters parameters = client.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        client.setSSLParameters(parameters);
        return client;
    }

    private void change(java.util.function.Consumer<SSLParameters> change) {
        SSLParameters parameters = engine.getSSLParameters();
        change.accept(parameters);
        engine.setSSLParameters(parameters);
    }

    @Test
    void suites() throws Exception {
        assertThat(engine.getSupportedCipherSuites()).contains(engine.getEnabledCipherSuites());
        engine.setEnabledCipherSuites(new String[] {GCM_256});
        assertThat(engine.getEnabledCipherSuites()).containsExactly(GCM_256);
        EngineServer server = server(client()).runs();
        assertThat(server.isDone()).isTrue();
        assertThat(engine.getSession().getCipherSuite()).isEqualTo(GCM_256);
        assertThatThrownBy(() -> engine.setEnabledCipherSuites(new String[] {"TLS_AES_128_GCM_SHA256"}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> engine.setEnabledCipherSuites(null)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theModeIsFixedByTheHandshake() throws Exception {
        engine.setUseClientMode(false);
        server(client()).runs();
        assertThatThrownBy(() -> engine.setUseClientMode(false)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nothingChangesDuringTheFirstHandshake() throws Exception {
        engine.beginHandshake();
        assertThatThrownBy(() -> engine.setEnabledCipherSuites(new String[] {Engines.ECDSA}))
                .isInstanceOf(IllegalStateException.class);
        engine.setEnabledCipherSuites(engine.getEnabledCipherSuites());
    }

    @Test
    void theClientsOrderOfSuites() throws Exception {
        engine.setEnabledCipherSuites(new String[] {GCM_256, Engines.ECDSA});
        change(parameters -> parameters.setUseCipherSuitesOrder(false));
        server(client()).runs();
        assertThat(engine.getSession().getCipherSuite()).isEqualTo(Engines.ECDSA);
    }

    @Test
    void protocols() throws Exception {
        assertThat(engine.getSupportedProtocols()).containsExactly("TLSv1.2");
        assertThat(engine.getEnabledProtocols()).containsExactly("TLSv1.2");
        assertThatThrownBy(() -> engine.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"}))
                .isInstanceOf(IllegalArgumentException.class);
        engine.setEnabledProtocols(new String[0]);
        assertThatThrownBy(engine::beginHandshake).isInstanceOf(SSLException.class);
    }

    @Test
    void applicationProtocolsByPreference() throws Exception {
        change(parameters -> parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"}));
        assertThat(engine.getApplicationProtocol()).isNull();
        EngineServer server = server(client("http/1.1", "h2")).runs();
        assertThat(engine.getApplicationProtocol()).isEqualTo("h2");
        assertThat(server.client.engine().getApplicationProtocol()).isEqualTo("h2");
    }

    @Test
    void applicationProtocolsThatDoNotFit() throws Exception {
        for (String name : List.of("x".repeat(256), "\u0416")) {
            assertThatThrownBy(
                            () -> change(parameters -> parameters.setApplicationProtocols(new String[] {"h2", name})))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("applicationProtocols");
        }
        assertThat(engine.getSSLParameters().getApplicationProtocols()).isEmpty();
        change(parameters -> parameters.setApplicationProtocols(new String[] {"h2", "h2"}));
        server(client("h2")).runs();
        assertThat(engine.getApplicationProtocol()).isEqualTo("h2");
    }

    @Test
    void noApplicationProtocolInCommon() throws Exception {
        change(parameters -> parameters.setApplicationProtocols(new String[] {"h2"}));
        EngineServer server = server(client("spdy/1")).runsIntoFailure();
        assertThat(server.client.failure()).hasMessageContaining("no_application_protocol");
    }

    @Test
    void theSelectorKnowsTheSuite() throws Exception {
        List<String> seen = new ArrayList<>();
        engine.setHandshakeApplicationProtocolSelector((asked, offered) -> {
            seen.add(asked.getHandshakeSession().getCipherSuite());
            seen.add(((ExtendedSSLSession) asked.getHandshakeSession())
                    .getRequestedServerNames()
                    .toString());
            seen.addAll(offered);
            return "http/1.1";
        });
        server(client("h2", "http/1.1")).runs();
        assertThat(engine.getApplicationProtocol()).isEqualTo("http/1.1");
        assertThat(seen).hasSize(4).contains("h2", "http/1.1");
        assertThat(seen.get(0)).startsWith("TLS_ECDHE_ECDSA_");
        assertThat(seen.get(1)).contains("server.test");
    }

    @Test
    void theSelectorMayIgnoreOrRefuse() throws Exception {
        engine.setHandshakeApplicationProtocolSelector((asked, offered) -> "");
        EngineServer ignoring = server(client("h2")).runs();
        assertThat(ignoring.isDone()).isTrue();
        assertThat(engine.getApplicationProtocol()).isEmpty();
        LockstepEngine other = context.engine();
        other.setHandshakeApplicationProtocolSelector((asked, offered) -> null);
        EngineServer refusing = new EngineServer(other, new JdkClient(client("h2"))).runsIntoFailure();
        assertThat(refusing.client.failure()).hasMessageContaining("no_application_protocol");
    }

    @Test
    void serverNames() throws Exception {
        change(parameters -> parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher("(.*\\.)?server\\.test"))));
        assertThat(server(client()).runs().isDone()).isTrue();
        LockstepEngine other = context.engine();
        SSLParameters parameters = other.getSSLParameters();
        parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher("other\\.test")));
        other.setSSLParameters(parameters);
        EngineServer refusing = new EngineServer(other, new JdkClient(client())).runsIntoFailure();
        assertThat(refusing.failure())
                .hasMessageContaining(AlertDescription.UNRECOGNIZED_NAME.name().toLowerCase(java.util.Locale.ROOT));
    }

    /** Frameworks that set one thing do so with parameters of their own, in which everything else is null. */
    @Test
    void parametersLeaveWhatTheyDoNotName() throws Exception {
        AlgorithmConstraints constraints = new Permissive();
        change(parameters -> {
            parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher("other\\.test")));
            parameters.setAlgorithmConstraints(constraints);
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        });
        SSLParameters names = new SSLParameters();
        names.setApplicationProtocols(new String[] {"h2"});
        engine.setSSLParameters(names);
        assertThat(engine.getSSLParameters().getAlgorithmConstraints()).isSameAs(constraints);
        assertThat(engine.getSSLParameters().getEndpointIdentificationAlgorithm())
                .isEqualTo("HTTPS");
        EngineServer refusing = server(client("h2")).runsIntoFailure();
        assertThat(refusing.failure()).hasMessageContaining("unrecognized_name");
        engine.setSSLParameters(names); // no change of what is fixed by now
        LockstepEngine open = context.engine();
        SSLParameters matching = open.getSSLParameters();
        matching.setSNIMatchers(List.of(SNIHostName.createSNIMatcher("other\\.test")));
        open.setSSLParameters(matching);
        matching.setSNIMatchers(List.of());
        open.setSSLParameters(matching);
        assertThat(new EngineServer(open, new JdkClient(client())).runs().isDone())
                .isTrue();
    }

    /** Permits everything. */
    private static final class Permissive implements AlgorithmConstraints {

        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, String algorithm, AlgorithmParameters parameters) {
            return true;
        }

        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
            return true;
        }

        @Override
        public boolean permits(
                Set<CryptoPrimitive> primitives, String algorithm, Key key, AlgorithmParameters parameters) {
            return true;
        }
    }

    /** The configuration's own test of host names holds in an engine too, whether or not it has matchers. */
    @Test
    void serverNamesOfTheConfiguration() throws Exception {
        List<String> asked = new ArrayList<>();
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
                .serverNames(name -> {
                    asked.add(name);
                    return false;
                })
                .build();
        for (String pattern : List.of("", ".*")) {
            LockstepEngine other = LockstepContext.of(config).engine();
            if (!pattern.isEmpty()) {
                SSLParameters parameters = other.getSSLParameters();
                parameters.setSNIMatchers(List.of(SNIHostName.createSNIMatcher(pattern)));
                other.setSSLParameters(parameters);
            }
            EngineServer refusing = new EngineServer(other, new JdkClient(client())).runsIntoFailure();
            assertThat(refusing.failure()).hasMessageContaining("unrecognized_name");
        }
        assertThat(asked).containsExactly("server.test", "server.test");
    }

    @Test
    void theLargestPacketBoundsRecords() throws Exception {
        int reported = engine.getSSLParameters().getMaximumPacketSize();
        change(parameters -> parameters.setMaximumPacketSize(0)); // as the provider has it
        assertThat(engine.getSSLParameters().getMaximumPacketSize()).isEqualTo(reported);
        change(parameters -> parameters.setMaximumPacketSize(500));
        assertThat(engine.getSSLParameters().getMaximumPacketSize()).isEqualTo(500);
        assertThatThrownBy(() -> change(parameters -> parameters.setMaximumPacketSize(100)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maximumPacketSize");
        server(client()).runs();
        ByteBuffer out = ByteBuffer.allocate(1 << 16);
        ByteBuffer content = ByteBuffer.allocate(4000);
        while (content.hasRemaining()) {
            engine.wrap(content, out);
        }
        for (int at = 0; at < out.position(); at += 5 + out.getShort(at + 3)) {
            assertThat(5 + out.getShort(at + 3)).isLessThanOrEqualTo(500);
        }
        change(parameters -> parameters.setUseCipherSuitesOrder(true)); // what stays as it is may be set again
        assertThatThrownBy(() -> change(parameters -> parameters.setMaximumPacketSize(600)))
                .isInstanceOf(IllegalStateException.class);
    }

    /** A server that catches the exception must not continue with half of what it asked for. */
    @Test
    void parametersThatAreRefusedChangeNothing() throws Exception {
        SSLParameters before = engine.getSSLParameters();
        assertThatThrownBy(() -> change(parameters -> {
                    parameters.setNeedClientAuth(true);
                    parameters.setCipherSuites(new String[] {before.getCipherSuites()[0]});
                    parameters.setApplicationProtocols(new String[] {"h2"});
                    parameters.setEndpointIdentificationAlgorithm("HTTPS");
                    parameters.setMaximumPacketSize(100);
                }))
                .isInstanceOf(IllegalArgumentException.class);
        SSLParameters after = engine.getSSLParameters();
        assertThat(after.getNeedClientAuth()).isFalse();
        assertThat(after.getCipherSuites()).isEqualTo(before.getCipherSuites());
        assertThat(after.getApplicationProtocols()).isEmpty();
        assertThat(after.getEndpointIdentificationAlgorithm()).isNull();
        change(parameters -> {
            parameters.setNeedClientAuth(true);
            parameters.setApplicationProtocols(new String[] {"h2"});
        });
        assertThat(engine.getNeedClientAuth()).isTrue();
        assertThat(engine.getSSLParameters().getApplicationProtocols()).containsExactly("h2");
    }

    /** Keys and trust managers learn the address of a client that the server names by it; names are not looked up. */
    @Test
    void theClientsAddress() throws Exception {
        RecordingKey key = Engines.key(TestIdentity.P256, KeyScript.ready());
        LockstepContext known = LockstepContext.of(TestServers.config(key.credential()));
        for (String host :
                List.of("192.0.2.7", "[2001:db8::1]", "fe80::1%eth9", "300.1.1.1", "a.test", "face", "::x")) {
            new EngineServer(known.engine(host, 443), new JdkClient(client())).runs();
        }
        new EngineServer(known.engine(), new JdkClient(client())).runs();
        assertThat(key.operations().stream()
                        .map(operation -> String.valueOf(operation.signRequest().clientAddress())))
                .containsExactly(
                        "/192.0.2.7",
                        "/2001:db8:0:0:0:0:0:1",
                        "/fe80:0:0:0:0:0:0:1",
                        "null",
                        "null",
                        "null",
                        "null",
                        "null");
    }

    @Test
    void sessionCreationCanBeForbidden() throws Exception {
        engine.setEnableSessionCreation(false);
        EngineServer refusing = server(client()).runsIntoFailure();
        assertThat(refusing.client.failure()).hasMessageContaining("handshake_failure");
    }

    @Test
    void renegotiation() throws Exception {
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build();
        LockstepEngine asking = LockstepContext.of(config).engine();
        EngineServer server = new EngineServer(asking, new JdkClient(client())).runs();
        server.client.forgetsSession();
        server.results.clear();
        asking.beginHandshake();
        asking.beginHandshake();
        server.runs();
        assertThat(server.isDone()).isTrue();
        server.echoes("again");
    }

    /** What is asked about the handshake under way is not answered with what the one before has negotiated. */
    @Test
    void whatARenegotiationHasNegotiatedSoFar() throws Exception {
        RecordingKey key = Engines.key(TestIdentity.P256, KeyScript.ready());
        TlsServerConfig config = TestServers.builder(key.credential())
                .renegotiation(RenegotiationPolicy.ALLOWED.withMinInterval(Duration.ZERO))
                .build();
        LockstepEngine asked = LockstepContext.of(config).engine();
        List<String> known = new ArrayList<>();
        asked.setHandshakeApplicationProtocolSelector((engine, offered) -> {
            known.add(String.valueOf(engine.getHandshakeApplicationProtocol()));
            return offered.get(known.size() - 1);
        });
        EngineServer server = new EngineServer(asked, new JdkClient(client("first", "second"))).runs();
        assertThat(asked.getApplicationProtocol()).isEqualTo("first");
        assertThat(asked.getHandshakeApplicationProtocol()).isNull();
        key.signs(KeyScript.manual());
        server.client.renegotiates();
        server.runs(false);
        assertThat(known).containsExactly("null", "null");
        assertThat(asked.getHandshakeApplicationProtocol()).isEqualTo("second");
        assertThat(asked.getHandshakeSession().getCipherSuite()).isEqualTo(Engines.ECDSA);
        assertThat(asked.getHandshakeSession().getLocalCertificates())
                .containsExactly(TestIdentity.P256.chain().toArray(new Certificate[0]));
        assertThat(asked.getApplicationProtocol()).as("in force").isEqualTo("first");
        key.last().complete();
        server.runs();
        assertThat(asked.getApplicationProtocol()).isEqualTo("second");
        assertThat(asked.getHandshakeApplicationProtocol()).isNull();
    }

    @Test
    void renegotiationIsRefusedByDefault() throws Exception {
        EngineServer server = server(client()).runs();
        assertThatThrownBy(engine::beginHandshake)
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("not allowed");
        server.echoes("still here");
    }

    @Test
    void exporters() throws Exception {
        TlsServerConfig config = TestServers.builder(TestServers.local(TestIdentity.P256))
                .exporters(true)
                .build();
        LockstepEngine exporting = LockstepContext.of(config).engine();
        assertThatThrownBy(() -> exporting.exportKeyingMaterial("EXPERIMENTAL x", null, 16))
                .isInstanceOf(IllegalStateException.class);
        new EngineServer(exporting, new JdkClient(client())).runs();
        assertThat(exporting.exportKeyingMaterial("EXPERIMENTAL x", null, 16)).hasSize(16);
        assertThat(exporting.connectionInfo()).isNotNull();
    }
}
