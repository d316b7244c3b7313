package dev.lockstep.conversations.psk;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSuite;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.ConnectionInfo;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.psk.PskIdentity;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Full handshakes with pre-shared keys (RFC 4279, RFC 5487, RFC 5489), and who may have them. */
class PskConversationTest {

    private static final CipherSuite PLAIN = CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite DHE = CipherSuite.TLS_DHE_PSK_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite ECDHE = CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256;
    private static final CipherSuite RSA = CipherSuite.TLS_RSA_PSK_WITH_AES_128_GCM_SHA256;
    private static final byte[] TEXT = new byte[20_000];

    static {
        new SeededRandom(5).nextBytes(TEXT);
    }

    static List<CipherSuite> oneOfEachKind() {
        return List.of(PLAIN, DHE, ECDHE, RSA);
    }

    static Stream<CipherSuite> suites() {
        return Stream.of(CipherSuite.values())
                .filter(suite -> ClientSuite.of(suite).isPsk());
    }

    static Stream<Arguments> suitesWithForms() {
        List<Arguments> all = new ArrayList<>();
        List<Forms> forms = Forms.all().toList();
        for (CipherSuite suite : oneOfEachKind()) {
            forms.forEach(form -> all.add(Arguments.of(suite, form)));
        }
        suites().forEach(suite -> all.add(Arguments.of(suite, forms.get(all.size() % forms.size()))));
        return all.stream();
    }

    private static TlsServerConfigBuilder server(RecordingPsk psk, RecordingKey key) {
        return builder(key.credential()).preSharedKeys(psk);
    }

    private static ClientOptions offering(CipherSuite suite) {
        return ClientOptions.offering(suite).groups(NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.FFDHE2048);
    }

    /** RFC 5489 2-1: the messages of both sides have the form of the suite; RFC 5487 2-1, RFC 5489 3.2-1: so has the PRF. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("suitesWithForms")
    void everySuiteInEveryForm(CipherSuite suite, Forms forms) {
        RecordingPsk psk = new RecordingPsk().answers(forms.script());
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).answers(forms.script());
        Conversation conversation = Conversation.of(server(psk, key).build(), offering(suite), forms);
        conversation.completes();
        assertThat(conversation.client().cipherSuite()).isEqualTo(suite);
        ConnectionInfo info = conversation.server().connection().info();
        assertThat(info.pskIdentity()).isEqualTo(PskIdentity.of(ClientOptions.PSK_IDENTITY));
        assertThat(info.credential() != null).isEqualTo(ClientSuite.of(suite).hasCertificate());
        assertThat(info.namedGroup() != null).isEqualTo(ClientSuite.of(suite).isEphemeral());
        assertThat(info.signatureScheme()).isNull();
        // ASYNC.md A 9: the identity is read once, whatever suspends afterwards
        assertThat(psk.requests()).hasSize(1);
        assertThat(psk.operation().handedOver()).as("wiped").containsOnly(0);
        assertThat(key.starts()).isEqualTo(ClientSuite.of(suite).isRsaExchange() ? 1 : 0);
        exchangesLongTexts(conversation);
        conversation.client().sends(closeNotify());
        conversation.server().answers(Kind.ALERT);
        List<byte[]> secrets = new ArrayList<>(conversation.client().secrets());
        secrets.add(ClientOptions.PSK);
        SecretHunt.assertNoneIn(conversation.server().connection(), secrets);
        psk.assertDisciplined();
        key.assertDisciplined();
    }

    static Stream<Arguments> cbcVariants() {
        return oneOfEachKind().stream()
                .flatMap(kind -> suites().filter(suite -> suite.keyExchange() == kind.keyExchange()
                                && ClientSuite.of(suite).isCbc())
                        .flatMap(suite -> Stream.of(true, false)
                                .flatMap(etm -> Stream.of(true, false).map(ems -> Arguments.of(suite, etm, ems)))));
    }

    @ParameterizedTest(name = "{0}, encrypt_then_mac {1}, extended_master_secret {2}")
    @MethodSource("cbcVariants")
    void cbcInBothOrders(CipherSuite suite, boolean encryptThenMac, boolean extendedMasterSecret) {
        ClientOptions options =
                offering(suite).encryptThenMac(encryptThenMac).extendedMasterSecret(extendedMasterSecret);
        Conversation conversation = Conversation.of(
                server(new RecordingPsk(), new RecordingKey(TestIdentity.RSA_2048))
                        .build(),
                options,
                Forms.PLAIN);
        conversation.completes();
        exchangesLongTexts(conversation);
    }

    /** RFC 4279 2: "If no hint is provided, the ServerKeyExchange message is omitted." 3: otherwise it has both. */
    @ParameterizedTest
    @MethodSource("oneOfEachKind")
    void theHintComesWhereOneIsConfigured(CipherSuite suite) {
        for (String hint : new String[] {"", "frag nach Müller"}) {
            TlsServerConfigBuilder server = server(new RecordingPsk(), new RecordingKey(TestIdentity.RSA_2048));
            if (!hint.isEmpty()) {
                server.pskIdentityHint(hint);
            }
            Conversation conversation = Conversation.of(server.build(), offering(suite), Forms.PLAIN);
            conversation.completes();
            byte[] seen = conversation.client().identityHint();
            if (hint.isEmpty() && !ClientSuite.of(suite).isEphemeral()) {
                assertThat(seen).isNull();
            } else {
                assertThat(seen).isEqualTo(hint.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /** RFC 4279 5.3-1 wants identities of 128 bytes and keys of 64; the lengths on the wire allow far more of both. */
    @ParameterizedTest
    @MethodSource("oneOfEachKind")
    void identitiesAndKeysOfEveryLength(CipherSuite suite) {
        for (int identityLength : new int[] {0, 1, 128, 4096}) {
            for (int keyLength : new int[] {1, 16, 47, 48, 64, 65, 1000, 65535}) {
                byte[] identity = new byte[identityLength];
                Arrays.fill(identity, (byte) 0xfe);
                byte[] key = Arrays.copyOf(TEXT, keyLength);
                if (keyLength > TEXT.length) {
                    Arrays.fill(key, (byte) 0x3c);
                }
                RecordingPsk psk = new RecordingPsk().knows(identity, key);
                Conversation conversation = Conversation.of(
                        server(psk, new RecordingKey(TestIdentity.RSA_2048)).build(),
                        offering(suite).psk(identity, key),
                        Forms.PLAIN);
                conversation.completes();
                assertThat(psk.requests().get(0).identity().bytes()).isEqualTo(identity);
                assertThat(psk.requests().get(0).identity().text()).isEqualTo(identityLength == 0 ? "" : null);
            }
        }
    }

    @Test
    void aServerThatHasKeysNeedsNoCertificate() {
        TlsServerConfig config = builder().preSharedKeys(new RecordingPsk()).build();
        for (CipherSuite suite : List.of(PLAIN, DHE, ECDHE)) {
            for (String host : new String[] {null, "www.example.org"}) {
                ClientOptions options = offering(suite).serverName(host);
                Conversation conversation = Conversation.of(config, options, Forms.PLAIN);
                conversation.completes();
                assertThat(conversation.server().connection().info().credential())
                        .isNull();
            }
        }
        for (CipherSuite suite : List.of(RSA, CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)) {
            Conversation conversation = Conversation.of(config, offering(suite), Forms.PLAIN);
            conversation.client().sends(clientHello());
            conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
        }
    }

    @Test
    void suitesComeWithASourceOfKeysAndByTheMeasureOfThePolicy() {
        for (Policy policy : Policy.values()) {
            List<CipherSuite> suites = builder(local(TestIdentity.RSA_2048))
                    .policy(policy)
                    .preSharedKeys(new RecordingPsk())
                    .build()
                    .cipherSuites();
            assertThat(suites).isEqualTo(policy.cipherSuites());
            assertThat(suites.contains(ECDHE)).isTrue();
            assertThat(suites.contains(DHE)).isEqualTo(policy != Policy.MODERN);
            assertThat(suites.contains(PLAIN)).isEqualTo(policy == Policy.COMPATIBLE);
            assertThat(suites.contains(RSA)).isEqualTo(policy == Policy.COMPATIBLE);
        }
    }

    @Test
    void withoutACredentialTheSuitesWithCertificatesAreLeftOut() {
        for (Policy policy : Policy.values()) {
            assertThat(builder()
                            .policy(policy)
                            .preSharedKeys(new RecordingPsk())
                            .build()
                            .cipherSuites())
                    .isEqualTo(policy.cipherSuites().stream()
                            .filter(suite -> !suite.keyExchange().usesCertificate())
                            .toList())
                    .isNotEmpty();
        }
    }

    @Test
    void impossibleConfigurationsAreRefused() {
        assertThat(builder(local(TestIdentity.P256))
                        .preSharedKeys(new RecordingPsk())
                        .cipherSuites(List.of(PLAIN, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, RSA))
                        .build()
                        .warnings())
                .singleElement()
                .asString()
                .contains(RSA.name());
        assertThatThrownBy(() -> builder()
                        .preSharedKeys(new RecordingPsk())
                        .cipherSuites(List.of(ECDHE))
                        .groups(List.of(NamedGroup.FFDHE2048))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(ECDHE.name());
        assertThatThrownBy(() -> builder(local(TestIdentity.P256))
                        .pskIdentityHint("hint")
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pskIdentityHint");
        assertThatThrownBy(() -> builder().pskIdentityHint("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("preSharedKeys");
    }

    /** A connection says who its client is only when the client has shown to know the key. */
    @Test
    void theIdentityIsToldAfterFinished() {
        Conversation conversation =
                Conversation.of(builder().preSharedKeys(new RecordingPsk()).build(), offering(PLAIN), Forms.PLAIN);
        conversation.clientHelloAndAnswer();
        assertThat(conversation.server().connection().info().pskIdentity()).isNull();
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        assertThat(conversation.server().connection().info().pskIdentity())
                .isEqualTo(PskIdentity.of("gerät"))
                .hasToString("PskIdentity[6 bytes]");
    }

    private static void exchangesLongTexts(Conversation conversation) {
        conversation
                .client()
                .sends(
                        applicationData(Bytes.slice(TEXT, 0, 1 << 14)),
                        applicationData(Bytes.slice(TEXT, 1 << 14, 3616)));
        conversation.server().answers();
        conversation.server().hasReceived(TEXT);
        conversation.server().sends(TEXT);
        assertThat(conversation.client().takeReceived()).isEqualTo(TEXT);
        conversation.client().takeSeen();
    }
}
