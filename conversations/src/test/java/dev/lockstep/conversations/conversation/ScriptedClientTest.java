package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientPrf;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The test client against a server that it does not share a line with: the JDK's own. */
class ScriptedClientTest {

    static Stream<CipherSuite> suitesOfTheJdk() throws GeneralSecurityException {
        Set<String> supported =
                Set.of(SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
        boolean staticRsa = !Security.getProperty("jdk.tls.disabledAlgorithms").contains("TLS_RSA_");
        return Arrays.stream(CipherSuite.values())
                .filter(suite -> supported.contains(suite.name()))
                .filter(suite -> staticRsa || !suite.name().startsWith("TLS_RSA_"));
    }

    @ParameterizedTest
    @MethodSource("suitesOfTheJdk")
    void completesEverySuiteWithAnotherServer(CipherSuite suite) throws Exception {
        TestIdentity identity = suite.name().contains("ECDSA") ? TestIdentity.P256 : TestIdentity.RSA_2048;
        converse(identity, ClientOptions.offering(suite));
    }

    @ParameterizedTest
    @EnumSource(
            value = NamedGroup.class,
            names = {"X25519", "SECP256R1", "X448", "SECP384R1", "SECP521R1"})
    void completesEveryGroupWithAnotherServer(NamedGroup group) throws Exception {
        ClientOptions options = ClientOptions.offering(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
        converse(TestIdentity.RSA_2048, options.groups(group));
    }

    @Test
    void completesWithoutExtendedMasterSecretToo() throws Exception {
        ClientOptions options = ClientOptions.offering(CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384);
        converse(TestIdentity.RSA_2048, options.extendedMasterSecret(false));
    }

    @Test
    void aWrongFinishedIsRefusedByAnotherServer() throws Exception {
        SSLEngine engine = engine(TestIdentity.P256);
        ScriptedClient client = new ScriptedClient(ClientOptions.defaults());
        client.sends(clientHello());
        run(engine, client);
        client.sends(clientKeyExchange(), changeCipherSpec(), finished(body -> Bytes.flipped(body, 3)));
        assertThatThrownBy(() -> run(engine, client)).isInstanceOf(SSLException.class);
    }

    @Test
    void thePrfIsTheOneOfTheVectorEverybodyUses() {
        HexFormat hex = HexFormat.of();
        byte[] secret = hex.parseHex("9bbe436ba940f017b17652849a71db35");
        byte[] seed = hex.parseHex("a0ba9f936cda311827a6f796ffd5198c");
        byte[] out = ClientPrf.prf("SHA-256", secret, "test label", seed, 100);
        assertThat(Bytes.hex(out)).startsWith("e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a");
    }

    private static void converse(TestIdentity identity, ClientOptions options) throws Exception {
        SSLEngine engine = engine(identity);
        ScriptedClient client = new ScriptedClient(options);
        client.sends(clientHello());
        run(engine, client);
        client.sends(clientKeyExchange(), changeCipherSpec(), finished());
        run(engine, client);
        assertThat(client.isFinished()).isTrue();
        client.sends(applicationData("one"), applicationData("two"));
        assertThat(run(engine, client)).isEqualTo("onetwo");
        ByteBuffer net = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.wrap(new byte[] {'y', 'e', 's'}), net);
        client.receives(Arrays.copyOf(net.array(), net.position()));
        assertThat(client.takeReceived()).asString().isEqualTo("yes");
    }

    private static SSLEngine engine(TestIdentity identity) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(
                "server", identity.privateKey(), new char[0], identity.chain().toArray(Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLSv1.2");
        context.init(keys.getKeyManagers(), null, null);
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(new String[] {"TLSv1.2"});
        engine.setEnabledCipherSuites(engine.getSupportedCipherSuites());
        return engine;
    }

    /** Gives the client's records to the engine and its answers to the client; returns the data it got. */
    private static String run(SSLEngine engine, ScriptedClient client) throws SSLException {
        ByteBuffer in = ByteBuffer.wrap(Bytes.concat(client.takeRecords().toArray(byte[][]::new)));
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        ByteBuffer app = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        while (true) {
            HandshakeStatus status = engine.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_TASK) {
                engine.getDelegatedTask().run();
            } else if (status == HandshakeStatus.NEED_WRAP) {
                engine.wrap(ByteBuffer.allocate(0), out);
                client.receives(Arrays.copyOf(out.array(), out.position()));
                out.clear();
            } else if (in.hasRemaining()) {
                engine.unwrap(in, app);
            } else {
                return new String(app.array(), 0, app.position(), StandardCharsets.US_ASCII);
            }
        }
    }
}
