package dev.lockstep.conversations.peer;

import static dev.lockstep.conversations.fixture.ClientAuthFixture.asked;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.ends;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.requiring;
import static dev.lockstep.conversations.fixture.ClientAuthFixture.shows;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.ED25519;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerify;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.SchemeSignatures;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ScriptedClient;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.SignatureScheme;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A ClientHello of more than 16 KB is not kept: its digests are, and what can be chosen of its lists. Everything that
 * depends on it is as with a short one.
 */
class LongClientHelloTest {

    private static final CipherSuite ECDHE = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite WITH_SHA384 = CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384;

    private final RecordingVerifier verifier = new RecordingVerifier();

    private static ClientOptions longHello(CipherSuite suite) {
        return ClientOptions.offering(suite).paddedTo(20_000);
    }

    /** Legal, and nearly as long as lists can be: 32,000 suites, 24,000 groups, 8,000 schemes, and many names for ALPN. */
    private static ClientOptions longestLists() {
        List<String> names = new ArrayList<>();
        IntStream.range(0, 80).forEach(i -> names.add("protocol " + i));
        names.add("http/1.1");
        return ClientOptions.defaults()
                .suiteCodes(with(0xd000, 32_000, ECDHE.code()))
                .groupCodes(with(0x6000, 24_000, 0x01f0, 29))
                .schemeCodes(with(0x9000, 8_000, 0x0804))
                .protocols(names.toArray(String[]::new));
    }

    private static int[] with(int from, int unknown, int... known) {
        return IntStream.concat(IntStream.range(0, unknown).map(i -> from + (i & 0xff)), IntStream.of(known))
                .toArray();
    }

    static Stream<Arguments> hashingSchemes() {
        return Stream.of(SignatureScheme.values())
                .filter(scheme -> scheme != SignatureScheme.ED25519 && scheme != SignatureScheme.ED448)
                .flatMap(scheme -> Stream.of(TestIdentity.values())
                        .filter(identity -> identity != TestIdentity.CA && SchemeSignatures.fits(scheme, identity))
                        .map(identity -> Arguments.of(scheme, identity)));
    }

    @ParameterizedTest
    @MethodSource("hashingSchemes")
    void aCertificateIsVerifiedWithEveryScheme(SignatureScheme scheme, TestIdentity identity) {
        CipherSuite suite = scheme.ordinal() % 2 == 0 ? ECDHE : WITH_SHA384;
        Conversation conversation = asked(requiring(verifier, local(RSA_2048)), longHello(suite), Forms.PLAIN);
        conversation
                .client()
                .sends(
                        certificate(identity),
                        clientKeyExchange(),
                        certificateVerify(scheme, identity),
                        changeCipherSpec(),
                        finished());
        ends(conversation, identity);
    }

    @Test
    void keysThatSignTheMessagesThemselvesAreNotAskedFor() {
        Conversation conversation = asked(requiring(verifier, local(RSA_2048)), longHello(ECDHE), Forms.PLAIN);
        assertThat(conversation.client().certificateRequest().schemes())
                .isNotEmpty()
                .doesNotContain(SignatureScheme.ED25519.code(), SignatureScheme.ED448.code());
    }

    @Test
    void whereOnlySuchKeysAreAskedForTheMessagesAreKept() {
        TlsServerConfig config = TestServers.builder(local(RSA_2048))
                .clientAuthentication(
                        ClientAuthentication.required(verifier).withSignatureSchemes(List.of(SignatureScheme.ED25519)))
                .build();
        ends(shows(asked(config, longHello(ECDHE), Forms.PLAIN), ED25519), ED25519);
    }

    @Test
    void whatItsListsHoldIsChosenFrom() {
        TlsServerConfig config = TestServers.builder(local(RSA_2048))
                .applicationProtocols(List.of("h2", "http/1.1"))
                .build();
        Conversation conversation =
                Conversation.of(config, longestLists(), Forms.PLAIN).completes();
        assertThat(conversation.server().connection().info().applicationProtocol())
                .isEqualTo("http/1.1");
    }

    /** Neither the alert nor its text, which logs are written from, depends on how long the message is. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2100, 20_000})
    void aClientOfTls13AloneIsRefusedAsOne(int length) {
        ClientOptions options = ClientOptions.defaults().suiteCodes(0x1301, 0x1302, 0x1303);
        Conversation conversation = Conversation.of(
                TestServers.config(local(RSA_2048)), length == 0 ? options : options.paddedTo(length), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.PROTOCOL_VERSION);
        assertThat(conversation.server().failure()).hasMessageContaining("the client offers TLS 1.3 only");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSuspendedHandshakeHoldsLittleOfIt(boolean asksClients) {
        RecordingKey key = new RecordingKey(RSA_2048).signs(KeyScript.manual());
        TlsServerConfigBuilder builder = TestServers.builder(key.credential());
        if (asksClients) {
            builder.clientAuthentication(ClientAuthentication.wanted(verifier));
        }
        Conversation conversation = Conversation.of(builder.build(), longestLists(), Forms.PLAIN);
        conversation.client().sends(clientHello());
        TlsServerConnection tls = conversation.server().connection();
        int silent = tls.heldBytes();

        conversation.server().steps();
        while (tls.suspension() == null) {
            conversation.server().stepsThroughInput();
        }

        assertThat(silent).isLessThan(4096);
        assertThat(tls.heldBytes()).isLessThan(16_384);
        key.operation().complete();
        tls.close(ByteBuffer.allocate(1024));
    }

    @Test
    void whatHasComeOfAnUnfinishedOneIsCounted() throws TlsException {
        ScriptedClient client = new ScriptedClient(longestLists());
        client.sends(clientHello());
        List<byte[]> records = client.takeRecords();
        TlsServerConnection tls = TlsServerConnection.create(TestServers.config(local(RSA_2048)), waiting -> {});
        int sent = 0;
        for (byte[] record : records.subList(0, records.size() - 1)) {
            sent += record.length;
            assertThat(tls.step(ByteBuffer.wrap(record), ByteBuffer.allocate(0)))
                    .isEqualTo(StepResult.NEED_INPUT);
        }
        assertThat(tls.heldBytes()).isBetween(sent, 3 * sent);
    }
}
