package dev.lockstep.jsse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.lang.reflect.Method;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the parameters of an engine permit counts: suites, groups and signature schemes. */
class EngineAlgorithmsTest {

    private static final String GCM_256 = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";

    private final EngineServer server;
    private final LockstepEngine engine;

    EngineAlgorithmsTest() throws Exception {
        server = Engines.server(TestServers.local(TestIdentity.P256), Waiting.TASK, Engines.ECDSA, GCM_256);
        engine = server.engine;
    }

    private void change(Consumer<SSLParameters> change) {
        SSLParameters parameters = engine.getSSLParameters();
        change.accept(parameters);
        engine.setSSLParameters(parameters);
    }

    /** Forbids some names. */
    private record Forbidding(Set<String> names) implements AlgorithmConstraints {
        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, String algorithm, AlgorithmParameters parameters) {
            assertThat(primitives).isNotEmpty();
            return !names.contains(algorithm);
        }

        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
            return true;
        }

        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, String algorithm, Key key, AlgorithmParameters ps) {
            return true;
        }
    }

    private void forbids(String... names) {
        change(parameters -> parameters.setAlgorithmConstraints(new Forbidding(Set.of(names))));
    }

    @Test
    void constraintsOnSuites() throws Exception {
        forbids(Engines.ECDSA);
        server.runs();
        assertThat(engine.getSession().getCipherSuite()).isEqualTo(GCM_256);
    }

    @Test
    void constraintsOnSuitesThatWereEnabled() throws Exception {
        engine.setEnabledCipherSuites(new String[] {Engines.ECDSA, GCM_256});
        forbids(Engines.ECDSA);
        server.runs();
        assertThat(engine.getSession().getCipherSuite()).isEqualTo(GCM_256);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x25519", "XDH"})
    void constraintsOnGroups(String forbidden) throws Exception {
        forbids(forbidden);
        server.runs();
        assertThat(engine.connectionInfo().namedGroup()).isEqualTo(NamedGroup.SECP256R1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ecdsa_secp256r1_sha256", "SHA256withECDSA"})
    void constraintsOnSchemes(String forbidden) throws Exception {
        forbids(forbidden);
        server.runs();
        assertThat(engine.connectionInfo().signatureScheme()).isEqualTo(SignatureScheme.ECDSA_SECP384R1_SHA384);
    }

    /** The managers see them in the session. */
    @Test
    void theHandshakeSessionHasTheSchemesThatAreLeft() throws Exception {
        forbids("RSA", "RSASSA-PSS");
        engine.beginHandshake();
        assertThat(((javax.net.ssl.ExtendedSSLSession) engine.getHandshakeSession())
                        .getLocalSupportedSignatureAlgorithms())
                .contains("SHA256withECDSA")
                .doesNotContain("SHA256withRSA", "RSASSA-PSS");
    }

    @Test
    void constraintsThatLeaveNothing() {
        forbids("EC", "XDH", "DiffieHellman");
        assertThatThrownBy(engine::beginHandshake)
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageContaining("named groups");
    }

    @Test
    void theyAreFixedByTheFirstHandshake() throws Exception {
        AlgorithmConstraints constraints = new Forbidding(Set.of());
        change(parameters -> parameters.setAlgorithmConstraints(constraints));
        server.runs();
        change(parameters -> {});
        assertThat(engine.getSSLParameters().getAlgorithmConstraints()).isSameAs(constraints);
        assertThatThrownBy(() -> forbids("EC")).isInstanceOf(IllegalStateException.class);
    }

    /** Java 17 has no such method, and nothing that could be ignored. */
    private static boolean sets(SSLParameters parameters, String setter, int since, String... names) throws Exception {
        boolean there = Runtime.version().feature() >= since;
        Method[] found = SSLParameters.class.getMethods();
        for (Method method : found) {
            if (method.getName().equals(setter)) {
                assertThat(there).isTrue();
                method.invoke(parameters, (Object) names);
                return true;
            }
        }
        assertThat(there).isFalse();
        return false;
    }

    @Test
    void namedGroups() throws Exception {
        SSLParameters parameters = engine.getSSLParameters();
        boolean set = sets(parameters, "setNamedGroups", 20, "X25519MLKEM768", "secp384r1", "x25519");
        engine.setSSLParameters(parameters);
        server.runs();
        assertThat(engine.connectionInfo().namedGroup()).isEqualTo(set ? NamedGroup.SECP384R1 : NamedGroup.X25519);
        engine.setSSLParameters(engine.getSSLParameters()); // which has them
    }

    @Test
    void signatureSchemes() throws Exception {
        SSLParameters parameters = engine.getSSLParameters();
        boolean set = sets(parameters, "setSignatureSchemes", 19, "ecdsa_secp384r1_sha384", "dsa_sha256");
        engine.setSSLParameters(parameters);
        server.runs();
        assertThat(engine.connectionInfo().signatureScheme())
                .isEqualTo(set ? SignatureScheme.ECDSA_SECP384R1_SHA384 : SignatureScheme.ECDSA_SECP256R1_SHA256);
    }

    @Test
    void namesThatLeaveNothing() throws Exception {
        SSLParameters parameters = engine.getSSLParameters();
        boolean set = sets(parameters, "setNamedGroups", 20, "sect163k1");
        engine.setSSLParameters(parameters);
        if (set) {
            assertThatThrownBy(engine::beginHandshake)
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("named groups");
        } else {
            engine.beginHandshake();
        }
    }
}
