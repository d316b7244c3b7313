package dev.lockstep.conversations.provider;

import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.handshake;
import static dev.lockstep.testkit.client.ClientMessages.rsaClientKeyExchange;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.ClientAuthFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientAuthMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.PremasterBlock;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.Policy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.HandshakeType;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole conversations, the same whatever computes. */
@ParameterizedClass
@EnumSource(NativeProviders.class)
class ProviderConversationTest {

    @Parameter
    NativeProviders provider;

    private TlsServerConfigBuilder server(TestIdentity identity) {
        return TlsServerConfig.builder()
                .policy(Policy.COMPATIBLE)
                .credential(TestServers.local(identity))
                .cryptoProviders(provider.providers());
    }

    @ParameterizedTest
    @CsvSource({
        "P256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, X25519",
        "P256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, SECP256R1",
        "P384, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, SECP384R1",
        "RSA_2048, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, SECP521R1",
        "RSA_2048, TLS_DHE_RSA_WITH_AES_128_GCM_SHA256, FFDHE2048",
        "RSA_2048, TLS_RSA_WITH_AES_128_GCM_SHA256, X25519",
    })
    void theJdksClientIsServed(TestIdentity identity, String suite, NamedGroup group) throws Exception {
        // P-256 is the curve of a certificate, too.
        List<NamedGroup> groups =
                Stream.of(group, NamedGroup.SECP256R1).distinct().toList();
        TlsServerConfig config = server(identity).groups(groups).build();
        JdkConversation conversation = JdkConversation.of(
                        config, JdkClient.contextThatTrusts(TestIdentity.CA.certificate()), suite)
                .run();
        assertThat(conversation.isDone()).isTrue();
        assertThat(conversation.echoed()).isTrue();
    }

    /** What a client may not send, and what becomes of it, does not depend on what computes. */
    @ParameterizedTest
    @CsvSource({
        "X25519, 0000000000000000000000000000000000000000000000000000000000000000",
        "X25519, 0100000000000000000000000000000000000000000000000000000000000000",
        "X25519, e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "X25519, 09000000000000000000000000000000000000000000000000000000000000",
        "SECP256R1, 046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f4",
        "SECP256R1, 036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
        "SECP256R1, 00",
    })
    void badPublicValuesAreRefused(NamedGroup group, String value) {
        TlsServerConfig config = server(TestIdentity.RSA_2048).build();
        Conversation conversation = Conversation.of(
                config,
                ClientOptions.offering(CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
                        .groups(group),
                Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().answers(Conversation.fullAnswer());
        byte[] body = Bytes.vector(1, HexFormat.of().parseHex(value));
        conversation.client().sends(handshake(HandshakeType.CLIENT_KEY_EXCHANGE.code(), body));
        conversation.server().refuses(AlertDescription.ILLEGAL_PARAMETER);
    }

    @ParameterizedTest
    @EnumSource(
            value = TestIdentity.class,
            names = {"RSA_2048", "RSA_PSS", "P256", "P384", "P521", "ED25519"})
    void aClientProvesItsKeyAndOneThatCannotIsRefused(TestIdentity client) {
        TlsServerConfig config = server(TestIdentity.P256)
                .clientAuthentication(ClientAuthentication.required(new RecordingVerifier()))
                .build();
        ClientOptions options = ClientOptions.offering(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256);
        Conversation good = ClientAuthFixture.asked(config, options, Forms.PLAIN);
        ClientAuthFixture.ends(ClientAuthFixture.shows(good, client), client);

        Conversation bad = ClientAuthFixture.asked(config, options, Forms.PLAIN);
        SignatureScheme scheme = ClientAuthMessages.defaultScheme(client);
        bad.client()
                .sends(
                        ClientAuthMessages.certificate(client),
                        clientKeyExchange(),
                        ClientAuthMessages.certificateVerify(
                                scheme,
                                scheme.code(),
                                client.privateKey(),
                                Bytes::concat,
                                body -> Bytes.flipped(body, -1)));
        bad.server().refuses(AlertDescription.DECRYPT_ERROR);
    }

    @ParameterizedTest
    @EnumSource(PremasterBlock.class)
    void wrongPaddingIsMasked(PremasterBlock premaster) {
        TlsServerConfig config = server(TestIdentity.RSA_2048).build();
        Conversation conversation =
                Conversation.of(config, TestServers.decryptingClient().version(0x0303), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().answers(Conversation.rsaAnswer());
        byte[] another = Bytes.flipped(PremasterBlock.secret(0x0303), -1);
        conversation
                .client()
                .sends(rsaClientKeyExchange(premaster.block(0x0303, 256), another), changeCipherSpec(), finished());
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
    }
}
