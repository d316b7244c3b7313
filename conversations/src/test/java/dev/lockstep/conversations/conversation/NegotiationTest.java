package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.recordVersion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is chosen when there is a choice. */
class NegotiationTest {

    private static final CipherSuite ECDSA = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite RSA = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite CHACHA = CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256;
    private static final CipherSuite DHE = CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite CBC = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256;

    private static ScriptedClient complete(TlsServerConfig config, ClientOptions options) {
        return Conversation.of(config, options, Forms.PLAIN).completes().client();
    }

    private static TlsServerConfig rsa() {
        return config(local(TestIdentity.RSA_2048));
    }

    @Test
    void theServersOrderOfSuitesDecides() {
        for (List<CipherSuite> order : List.of(List.of(RSA, CHACHA), List.of(CHACHA, RSA))) {
            TlsServerConfig config =
                    builder(local(TestIdentity.RSA_2048)).cipherSuites(order).build();
            assertThat(complete(config, ClientOptions.offering(RSA, CHACHA)).cipherSuite())
                    .isEqualTo(order.get(0));
            assertThat(complete(config, ClientOptions.offering(CHACHA, RSA)).cipherSuite())
                    .isEqualTo(order.get(0));
        }
    }

    @Test
    void theServersOrderOfGroupsDecides() {
        for (List<NamedGroup> order : List.of(
                List.of(NamedGroup.SECP384R1, NamedGroup.X25519), List.of(NamedGroup.X25519, NamedGroup.SECP384R1))) {
            TlsServerConfig config =
                    builder(local(TestIdentity.RSA_2048)).groups(order).build();
            ClientOptions options = ClientOptions.offering(RSA).groups(NamedGroup.SECP384R1, NamedGroup.X25519);
            assertThat(complete(config, options).group()).isEqualTo(order.get(0).code());
        }
    }

    @Test
    void theServersOrderOfSchemesDecides() {
        for (List<SignatureScheme> order : List.of(
                List.of(SignatureScheme.RSA_PKCS1_SHA512, SignatureScheme.RSA_PSS_RSAE_SHA256),
                List.of(SignatureScheme.RSA_PSS_RSAE_SHA256, SignatureScheme.RSA_PKCS1_SHA512))) {
            TlsServerConfig config = builder(local(TestIdentity.RSA_2048))
                    .signatureSchemes(order)
                    .build();
            assertThat(complete(config, ClientOptions.offering(RSA)).scheme())
                    .isEqualTo(order.get(0).code());
        }
    }

    @Test
    void theServersOrderOfProtocolsDecides() {
        // RFC 7301 3.1-3, 3.2-2, 3.2-3, RFC 9325 3.8-1
        TlsServerConfig config = builder(local(TestIdentity.RSA_2048))
                .applicationProtocols(List.of("h2", "http/1.1"))
                .build();
        ScriptedClient client = complete(config, ClientOptions.offering(RSA).protocols("http/1.1", "h2"));
        assertThat(client.serverExtension(16)).containsExactly(0, 3, 2, 'h', '2');
        assertThat(complete(config, ClientOptions.offering(RSA)).serverExtension(16))
                .isNull();
        // a server without protocols ignores the extension
        assertThat(complete(rsa(), ClientOptions.offering(RSA).protocols("h2")).serverExtension(16))
                .isNull();
    }

    /** RFC 8422 5.1: the curves of the client bound the certificate as well as the key share. */
    @Test
    void aCertificateOnACurveTheClientDoesNotListIsNotUsed() {
        // RFC 5246 7.4.2-13, RFC 8422 4-1, 5.1-2, 5.1-3, 5.3-3, 5.3-4
        TlsServerConfig both = config(local(TestIdentity.P256), local(TestIdentity.RSA_2048));
        ClientOptions options = ClientOptions.offering(ECDSA, RSA);
        assertThat(complete(both, options).cipherSuite()).isEqualTo(ECDSA);
        options.groups(NamedGroup.X25519, NamedGroup.SECP384R1);
        assertThat(complete(both, options).cipherSuite()).isEqualTo(RSA);
    }

    @Test
    void withoutSupportedGroupsTheCurveIsP256() {
        ClientOptions options = ClientOptions.offering(RSA).groupCodes();
        assertThat(complete(rsa(), options).group()).isEqualTo(NamedGroup.SECP256R1.code());
    }

    static Stream<Arguments> dheGroups() {
        return Stream.of(
                Arguments.of("no FFDHE group listed: the server's choice", new NamedGroup[] {NamedGroup.X25519}, 0),
                Arguments.of("one listed: that one", new NamedGroup[] {NamedGroup.X25519, NamedGroup.FFDHE3072}, 3072),
                Arguments.of(
                        "two listed: the server's order",
                        new NamedGroup[] {NamedGroup.FFDHE3072, NamedGroup.FFDHE2048},
                        2048));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("dheGroups")
    void theFiniteFieldGroupIsOneThatTheClientLists(String name, NamedGroup[] groups, int bits) {
        // RFC 7919 4-3, 4-4
        TlsServerConfig config = builder(local(TestIdentity.RSA_2048))
                .groups(List.of(NamedGroup.FFDHE2048, NamedGroup.FFDHE3072))
                .build();
        ScriptedClient client = complete(config, ClientOptions.offering(DHE).groups(groups));
        assertThat(client.prime().bitLength()).isEqualTo(bits == 0 ? 2048 : bits);
    }

    /** RFC 7919 4: with FFDHE groups that are not ours, DHE is out, and everything else is as good as before. */
    @Test
    void withUnknownFiniteFieldGroupsAnotherSuiteIsTaken() {
        // RFC 7919 4-1
        TlsServerConfig config = builder(local(TestIdentity.RSA_2048))
                .cipherSuites(List.of(DHE, RSA))
                .groups(List.of(NamedGroup.FFDHE2048, NamedGroup.X25519))
                .build();
        ClientOptions options = ClientOptions.offering(DHE, RSA).groups(NamedGroup.FFDHE8192, NamedGroup.X25519);
        assertThat(complete(config, options).cipherSuite()).isEqualTo(RSA);
    }

    @Test
    void finiteFieldGroupsWithoutASuiteForThemAreNoReasonToTakeOne() {
        // RFC 7919 4-5
        TlsServerConfig config = builder(local(TestIdentity.RSA_2048))
                .cipherSuites(List.of(DHE, RSA))
                .groups(List.of(NamedGroup.FFDHE2048, NamedGroup.X25519))
                .build();
        ClientOptions options = ClientOptions.offering(RSA).groups(NamedGroup.FFDHE2048, NamedGroup.X25519);
        assertThat(complete(config, options).cipherSuite()).isEqualTo(RSA);
    }

    @ParameterizedTest
    @CsvSource({
        "0x0807, ED25519",
        "0x0808, ED448",
        "0x0403, P256",
        "0x0809, RSA_PSS",
        "0x0804, RSA_2048",
        "0x0401, RSA_2048"
    })
    void theCertificateIsOneThatTheClientsSchemesFit(String scheme, TestIdentity expected) {
        // RFC 5246 7.4.2-2, 7.4.2-6, 7.4.3-2, 7.4.3-3, 7.4.3-4, RFC 8422 5.9-3, 5.9-4
        TlsServerConfig config = config(
                local(TestIdentity.P256),
                local(TestIdentity.RSA_2048),
                local(TestIdentity.RSA_PSS),
                local(TestIdentity.ED25519),
                local(TestIdentity.ED448));
        ScriptedClient client =
                complete(config, ClientOptions.offering(ECDSA, RSA).schemeCodes(Integer.decode(scheme)));
        assertThat(client.certificate()).isEqualTo(expected.certificate());
    }

    @ParameterizedTest
    @CsvSource({
        "www.example.org, P384",
        "WWW.Example.ORG, P384",
        "other.example.org, P521",
        "a.b.example.org, P256",
        "example.org, P256",
        "somewhere.else, P256"
    })
    void theServerNameChoosesTheCredentialExactThenWildcardThenDefault(String host, TestIdentity expected) {
        // RFC 6066 3-4, RFC 9325 3.7-1
        TlsServerConfig config = builder(local(TestIdentity.P256))
                .credential("www.example.org", local(TestIdentity.P384))
                .credential("*.example.org", local(TestIdentity.P521))
                .build();
        ScriptedClient client = complete(config, ClientOptions.offering(ECDSA).serverName(host));
        assertThat(client.certificate()).isEqualTo(expected.certificate());
        assertThat(client.serverExtension(0) != null)
                .as("the name is acknowledged where it decided")
                .isEqualTo(expected != TestIdentity.P256);
        ScriptedClient nameless = complete(config, ClientOptions.offering(ECDSA));
        assertThat(nameless.certificate()).isEqualTo(TestIdentity.P256.certificate());
        assertThat(nameless.serverExtension(0)).isNull();
    }

    @Test
    void anExtensionIsAnsweredOnlyWhereItWasOfferedAndApplies() {
        // RFC 5246 7.4.1.4-1, 7.4.1.4.1-5, RFC 7366 2-2, 3-1, RFC 7627 5.2-2, 5.2-3, RFC 8422 5.2-1, RFC 5746 3.6-6
        ScriptedClient all = complete(rsa(), ClientOptions.offering(CBC));
        assertThat(all.serverExtension(22)).as("encrypt_then_mac").isEmpty();
        assertThat(all.serverExtension(23)).as("extended_master_secret").isEmpty();
        assertThat(all.serverExtension(11)).as("ec_point_formats").containsExactly(1, 0);
        assertThat(complete(rsa(), ClientOptions.offering(RSA)).serverExtension(22))
                .as("encrypt_then_mac with AEAD")
                .isNull();
        assertThat(complete(rsa(), ClientOptions.offering(DHE).groups(NamedGroup.FFDHE2048))
                        .serverExtension(11))
                .as("ec_point_formats without curves")
                .isNull();
        ScriptedClient none = complete(
                rsa(), ClientOptions.offering(CBC).encryptThenMac(false).extendedMasterSecret(false));
        assertThat(none.serverExtension(22)).isNull();
        assertThat(none.serverExtension(23)).isNull();
    }

    /** RFC 5246 E.1: "TLS servers compliant with this specification MUST accept any value {03,XX}" for ClientHello. */
    @ParameterizedTest
    @ValueSource(ints = {0x0300, 0x0301, 0x0302, 0x0303, 0x0304, 0x03ff})
    void theFirstRecordMayBeOfAnyVersion3(int version) {
        // RFC 5246 E.1-4
        Conversation conversation = Conversation.of(rsa(), ClientOptions.offering(RSA), Forms.PLAIN);
        conversation.client().sends(recordVersion(version), clientHello(), recordVersion(0x0303));
        conversation.server().answers(Conversation.fullAnswer());
    }

    @Test
    void thePoliciesDifferInWhatTheyTake() {
        for (Policy policy : Policy.values()) {
            TlsServerConfig config =
                    builder(local(TestIdentity.RSA_2048)).policy(policy).build();
            for (CipherSuite suite : List.of(RSA, CBC, CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA)) {
                Conversation conversation = Conversation.of(config, ClientOptions.offering(suite), Forms.PLAIN);
                if (policy.cipherSuites().contains(suite)) {
                    conversation.completes();
                } else {
                    conversation.client().sends(clientHello());
                    conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
                }
            }
        }
        assertThat(Policy.MODERN.cipherSuites()).contains(RSA).doesNotContain(CBC);
        assertThat(Policy.INTERMEDIATE.cipherSuites())
                .contains(RSA, CBC)
                .doesNotContain(CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA);
        assertThat(Policy.COMPATIBLE.cipherSuites()).containsExactlyInAnyOrder(CipherSuite.values());
        for (Policy policy : List.of(Policy.MODERN, Policy.INTERMEDIATE)) {
            assertThat(policy.cipherSuites())
                    .allMatch(suite -> suite.keyExchange().isEphemeral())
                    .noneMatch(suite -> suite.bulkCipher().isCamelliaOrAria())
                    .noneMatch(suite -> suite.name().contains("CCM_8"));
        }
    }

    @Test
    void suitesWithAPreSharedKeyAreOffWithoutASourceOfKeys() {
        for (Policy policy : Policy.values()) {
            TlsServerConfig config =
                    builder(local(TestIdentity.RSA_2048)).policy(policy).build();
            assertThat(config.cipherSuites()).isNotEmpty().noneMatch(suite -> suite.keyExchange()
                    .usesPsk());
        }
        CipherSuite psk = CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256;
        assertThatThrownBy(() -> builder(local(TestIdentity.RSA_2048))
                        .cipherSuites(List.of(psk))
                        .build())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(psk.name());
    }

    @Test
    void aSuiteWithoutACredentialIsLeftOutWithAWarning() {
        CipherSuite psk = CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256;
        TlsServerConfig config = builder(local(TestIdentity.RSA_2048))
                .cipherSuites(List.of(psk, ECDSA, RSA))
                .build();
        assertThat(config.cipherSuites()).containsExactly(RSA);
        assertThat(config.warnings()).hasSize(2).allMatch(warning -> warning.field()
                .equals("cipherSuites"));
        assertThat(config.warnings().get(0).toString()).contains(psk.name()).contains("; add ");
        assertThat(config.warnings().get(1).reason()).contains(ECDSA.name());
        assertThat(complete(config, ClientOptions.offering(ECDSA, RSA)).cipherSuite())
                .isEqualTo(RSA);
        assertThat(rsa().warnings()).isEmpty();
        assertThatThrownBy(() -> builder(local(TestIdentity.RSA_2048))
                        .cipherSuites(List.of(ECDSA))
                        .build())
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("cipherSuites: ");
    }

    @Test
    void everyPolicyPrefersForwardSecrecyAndAmongRsaSuitesAes128Gcm() {
        // RFC 9325 4.1-4, 4.2.1-1
        for (Policy policy : Policy.values()) {
            List<CipherSuite> suites = policy.cipherSuites();
            List<Boolean> forwardSecrecy = suites.stream()
                    .map(suite -> suite.name().matches("TLS_.*DHE_.*"))
                    .toList();
            assertThat(forwardSecrecy).as("%s", policy).isSortedAccordingTo(Comparator.reverseOrder());
            assertThat(suites.stream().filter(suite -> suite.name().startsWith("TLS_ECDHE_RSA_")))
                    .as("%s", policy)
                    .first()
                    .isEqualTo(RSA);
        }
    }

    /** RFC 5246 7.4.1.3: an empty session_id says that there is nothing to resume; an id on offer is not even looked at. */
    @Test
    void withoutAStoreNoSessionIsPromised() {
        TlsServerConfig config = rsa();
        assertThat(complete(config, ClientOptions.offering(RSA)).sessionId()).isEmpty();
        assertThat(complete(config, ClientOptions.offering(RSA).sessionId(new byte[32]))
                        .sessionId())
                .isEmpty();
    }
}
