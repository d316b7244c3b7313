package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.extraPaddingBlocks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.SecretHunt;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSuite;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.SeededRandom;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.spec.NamedGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Full handshakes with data in both directions, over everything that can be negotiated. */
class ConversationTest {

    private static final byte[] LONG_TEXT = new byte[50_001];

    static {
        new SeededRandom(3).nextBytes(LONG_TEXT);
    }

    private static List<TestIdentity> identities() {
        return Stream.of(TestIdentity.values())
                .filter(identity ->
                        identity != TestIdentity.CA && !identity.name().endsWith("OTHER"))
                .toList();
    }

    static Stream<Arguments> suitesWithKeys() {
        List<Arguments> all = new ArrayList<>();
        List<Forms> forms = Forms.all().toList();
        for (CipherSuite suite : ClientSuite.ordinary().toList()) {
            for (TestIdentity identity : identities()) {
                if (ClientSuite.of(suite).isServedBy(identity)) {
                    all.add(Arguments.of(suite, identity, forms.get(all.size() % forms.size())));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} with {1}, local key")
    @MethodSource("suitesWithKeys")
    void everySuiteWithEveryKindOfKey(CipherSuite suite, TestIdentity identity, Forms forms) {
        // RFC 5246 7.4.2-1, 7.4.2-2, 7.4.2-6, 7.4.9-2, 9-1, 7.1-1, 7.1-2, RFC 8422 2.1-1, 2.1-2, 2.2-1, 5.3-2,
        // RFC 9325 3.1.1-5
        Conversation conversation = Conversation.of(config(local(identity)), ClientOptions.offering(suite), forms);
        conversation.completes();
        assertThat(conversation.client().cipherSuite()).isEqualTo(suite);
        assertThat(conversation.client().certificate()).isEqualTo(identity.certificate());
        exchangesLongTexts(conversation);
        closesCleanly(conversation);
    }

    static Stream<Arguments> suitesWithForms() {
        return ClientSuite.representative().flatMap(suite -> Forms.all().map(forms -> Arguments.of(suite, forms)));
    }

    @ParameterizedTest(name = "{0}, external key, {1}")
    @MethodSource("suitesWithForms")
    void everySuiteInEveryForm(CipherSuite suite, Forms forms) {
        TestIdentity identity =
                suite.keyExchange() == KeyExchange.ECDHE_ECDSA ? TestIdentity.P256 : TestIdentity.RSA_2048;
        RecordingKey key = new RecordingKey(identity).answers(forms.script());
        ClientOptions options =
                ClientOptions.offering(suite).groups(NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.FFDHE2048);
        Conversation conversation = Conversation.of(config(key.credential()), options, forms);
        conversation.completes();
        assertThat(key.starts()).isEqualTo(1);
        closesCleanly(conversation);
        key.assertDisciplined();
    }

    static Stream<Arguments> curvesWithKeys() {
        List<Arguments> all = new ArrayList<>();
        List<Forms> forms = Forms.all().toList();
        for (NamedGroup group : NamedGroup.values()) {
            for (TestIdentity identity : identities()) {
                if (!group.isFiniteField()) {
                    all.add(Arguments.of(group, identity, forms.get(all.size() % forms.size())));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} with {1}")
    @MethodSource("curvesWithKeys")
    void everyCurveWithEveryKindOfKey(NamedGroup group, TestIdentity identity, Forms forms) {
        // RFC 8422 4-1, 5.1.2-1
        CipherSuite suite = identity.isRsa()
                ? CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
                : CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;
        // a client that lists the certificate's curve too, after the one it prefers
        List<NamedGroup> groups = new ArrayList<>(List.of(group));
        groups.addAll(List.of(NamedGroup.SECP256R1, NamedGroup.SECP384R1, NamedGroup.SECP521R1));
        TlsServerConfig config = builder(local(identity)).groups(List.of(group)).build();
        ClientOptions options =
                ClientOptions.offering(suite).groups(groups.stream().distinct().toArray(NamedGroup[]::new));
        Conversation conversation = Conversation.of(config, options, forms);
        conversation.completes();
        assertThat(conversation.client().group()).isEqualTo(group.code());
    }

    @ParameterizedTest
    @EnumSource(value = NamedGroup.class, names = "FFDHE.*", mode = EnumSource.Mode.MATCH_ALL)
    void everyFiniteFieldGroup(NamedGroup group) {
        // RFC 9325 4.5-1
        ClientOptions options = ClientOptions.offering(CipherSuite.TLS_DHE_RSA_WITH_AES_128_GCM_SHA256)
                .groups(NamedGroup.X25519, group);
        // The large groups serve only where they are named.
        TlsServerConfig config = builder(local(TestIdentity.RSA_2048))
                .groups(List.of(NamedGroup.X25519, group))
                .build();
        Conversation conversation = Conversation.of(config, options, Forms.PLAIN);
        conversation.completes();
        int bits = Integer.parseInt(group.name().substring("FFDHE".length()));
        assertThat(conversation.client().prime().bitLength()).isEqualTo(bits);
    }

    static Stream<Arguments> cbcVariants() {
        return ClientSuite.representative()
                .filter(suite -> ClientSuite.of(suite).isCbc())
                .flatMap(suite -> Stream.of(true, false)
                        .flatMap(etm -> Stream.of(true, false).map(ems -> Arguments.of(suite, etm, ems))));
    }

    @ParameterizedTest(name = "{0}, encrypt_then_mac {1}, extended_master_secret {2}")
    @MethodSource("cbcVariants")
    void cbcInBothOrdersAndAllLengths(CipherSuite suite, boolean encryptThenMac, boolean extendedMasterSecret) {
        // RFC 7366 2-2, RFC 7627 5.1-1, 5.2-4, RFC 9325 3.5-4
        TestIdentity identity =
                suite.keyExchange() == KeyExchange.ECDHE_ECDSA ? TestIdentity.P256 : TestIdentity.RSA_2048;
        ClientOptions options = ClientOptions.offering(suite)
                .groups(NamedGroup.SECP256R1, NamedGroup.FFDHE2048)
                .encryptThenMac(encryptThenMac)
                .extendedMasterSecret(extendedMasterSecret);
        Conversation conversation = Conversation.of(config(local(identity)), options, Forms.PLAIN);
        conversation.completes();
        assertThat(conversation.client().serverExtension(22) != null).isEqualTo(encryptThenMac);
        assertThat(conversation.client().serverExtension(23) != null).isEqualTo(extendedMasterSecret);
        for (int length = 0; length <= 66; length++) {
            byte[] text = Bytes.slice(LONG_TEXT, 0, length);
            conversation.client().sends(extraPaddingBlocks(length % 15), applicationData(text));
            conversation.server().answers();
            conversation.server().hasReceived(text);
            conversation.server().sends(text);
            conversation.server().hasSent(length == 0 ? new Kind[0] : new Kind[] {Kind.APPLICATION_DATA});
            assertThat(conversation.client().takeReceived()).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.lockstep.testkit.Forms#inputs")
    void handshakeMessagesMayBeFragmentedToSingleBytes(Forms forms) {
        for (CipherSuite suite : List.of(
                CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA256)) {
            Conversation conversation =
                    Conversation.of(config(local(TestIdentity.RSA_2048)), ClientOptions.offering(suite), forms);
            conversation.client().fragmentsOf(1);
            conversation.completes();
        }
    }

    /** The control of every look for left-over secrets in these tests: while they are needed, they are found. */
    @Test
    void whileAHandshakeRunsItsSecretsAreFound() {
        Conversation conversation = Conversation.of(
                config(local(TestIdentity.P256)),
                ClientOptions.offering(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256),
                Forms.PLAIN);
        conversation.clientHelloAndAnswer();
        conversation.client().sends(clientKeyExchange(), changeCipherSpec());
        conversation.server().answers();
        assertThatThrownBy(() -> SecretHunt.assertNoneIn(
                        conversation.server().connection(),
                        conversation.client().secrets()))
                .hasMessageContaining("a secret is left in");
        conversation.server().closes();
        SecretHunt.assertNoneIn(
                conversation.server().connection(), conversation.client().secrets());
    }

    private static void exchangesLongTexts(Conversation conversation) {
        for (int at = 0; at < LONG_TEXT.length; at += 1 << 14) {
            int length = Math.min(1 << 14, LONG_TEXT.length - at);
            conversation.client().sends(applicationData(Bytes.slice(LONG_TEXT, at, length)));
        }
        conversation.server().answers();
        conversation.server().hasReceived(LONG_TEXT);
        conversation.server().sends(LONG_TEXT);
        assertThat(conversation.client().takeReceived()).isEqualTo(LONG_TEXT);
        conversation.client().takeSeen();
    }

    private static void closesCleanly(Conversation conversation) {
        conversation.client().sends(closeNotify());
        conversation.server().answers(Kind.ALERT);
        assertThat(conversation.server().connection().isClosed()).isTrue();
        assertThat(conversation.server().failure()).isNull();
        SecretHunt.assertNoneIn(
                conversation.server().connection(), conversation.client().secrets());
    }
}
