package dev.lockstep.conversations.renegotiation;

import static dev.lockstep.testkit.Conversation.fullAnswer;
import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static dev.lockstep.testkit.client.ClientMessages.warningAlert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.ConnectionOptions;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.RenegotiationPolicy.LegacyClients;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Another handshake on the same connection: who may have one, what binds it, and that data continues meanwhile. */
class RenegotiationTest {

    private static final String ALL_FORMS = "dev.lockstep.testkit.Forms#all";
    private static final CipherSuite SIGNING = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite DECRYPTING = CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA;
    private static final RenegotiationPolicy OFTEN =
            RenegotiationPolicy.ALLOWED.withMaxRenegotiations(10).withMinInterval(Duration.ZERO);
    private static final Kind[] LAST_ANSWER = {Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED};

    private static Conversation established(
            RenegotiationPolicy policy, Forms forms, ClientOptions options, RecordingKey key) {
        TlsServerConfigBuilder builder = builder(key.credential()).renegotiation(policy);
        return Conversation.of(builder.build(), options, forms).completes();
    }

    private static Conversation established(RenegotiationPolicy policy) {
        return established(
                policy, Forms.PLAIN, ClientOptions.offering(SIGNING), new RecordingKey(TestIdentity.RSA_2048));
    }

    private static void renegotiates(Conversation conversation, Kind... firstAnswer) {
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(firstAnswer);
        conversation.secondFlight();
        conversation.server().answers(LAST_ANSWER);
        conversation.exchangesData();
    }

    // RFC 5746 3.7-5
    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL_FORMS)
    void theClientMayHaveSeveralHandshakesOneAfterTheOther(Forms forms) {
        // RFC 5746 3.7-1, 3.7-3, 3.7-5
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).signs(forms.script());
        Conversation conversation = established(OFTEN, forms, ClientOptions.offering(SIGNING), key);
        byte[] firstRandom = conversation.client().serverRandom();
        renegotiates(conversation, fullAnswer());
        renegotiates(conversation, fullAnswer());
        assertThat(key.operations()).hasSize(3);
        assertThat(conversation.client().serverRandom()).isNotEqualTo(firstRandom);
        key.assertDisciplined();
        conversation.server().closes();
    }

    // RFC 5246 7.4.1.1-1
    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL_FORMS)
    void theServerMayAskForOne(Forms forms) {
        // RFC 5246 7.4.1.1-1
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).decrypts(forms.script());
        Conversation conversation = established(
                OFTEN.withClientMayAsk(false).withServerMayAsk(true), forms, ClientOptions.offering(DECRYPTING), key);
        assertThat(conversation.server().connection().renegotiate()).isTrue();
        conversation.server().answers(Kind.HELLO_REQUEST);
        renegotiates(conversation, Conversation.rsaAnswer());
        assertThat(key.operations()).hasSize(2);
        key.assertDisciplined();
    }

    @Test
    void theServerMayAskForOneWithOtherOptions() {
        Conversation conversation = established(
                OFTEN.withClientMayAsk(false),
                Forms.PLAIN,
                ClientOptions.offering(SIGNING, DECRYPTING),
                new RecordingKey(TestIdentity.RSA_2048));
        TlsServerConnection tls = conversation.server().connection();
        assertThat(tls.info().cipherSuite()).isEqualTo(SIGNING);
        ConnectionOptions impossible =
                ConnectionOptions.NONE.withCipherSuites(List.of(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256));
        assertThatThrownBy(() -> tls.renegotiate(impossible)).isInstanceOf(ConfigException.class);
        assertThat(tls.wantsOutput()).isFalse();
        ConnectionOptions changes = ConnectionOptions.NONE.withCipherSuites(List.of(DECRYPTING));
        for (ConnectionOptions each : List.of(changes, ConnectionOptions.NONE)) {
            assertThat(tls.renegotiate(each)).isTrue();
            conversation.server().answers(Kind.HELLO_REQUEST);
            renegotiates(conversation, Conversation.rsaAnswer());
            assertThat(tls.info().cipherSuite()).isEqualTo(DECRYPTING);
        }
    }

    /** An event loop calls step when something wants out and read when something came or is waited for; no more. */
    @Test
    void whatItHasToSendIsSaidToWantOutput() throws TlsException {
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).signs(KeyScript.inProgress(0));
        Conversation conversation = established(OFTEN, Forms.PLAIN, ClientOptions.offering(SIGNING), key);
        TlsServerConnection tls = conversation.server().connection();
        ByteBuffer out = ByteBuffer.allocate(1 << 15);
        conversation.client().sends(renegotiatingClientHello());
        byte[] hello = conversation.client().takeRecords().get(0);
        ByteBuffer in = ByteBuffer.wrap(hello);
        while (in.hasRemaining() || tls.suspension() != null || tls.wantsOutput()) {
            Conversation.markedStep(() -> {
                if (tls.wantsOutput()) {
                    tls.step(in, out);
                } else {
                    tls.read(in, ByteBuffer.allocate(TlsServerConnection.APPLICATION_BUFFER_SIZE));
                }
            });
        }
        conversation.client().receives(Arrays.copyOf(out.array(), out.position()));
        conversation.server().hasSent(fullAnswer());
    }

    /** RFC 5246 7.4.1.1: "servers SHOULD NOT repeat the request until the subsequent handshake negotiation is complete". */
    @Test
    void theServerAsksOnlyOnceForEach() {
        Conversation conversation = established(OFTEN);
        TlsServerConnection tls = conversation.server().connection();
        assertThat(tls.renegotiate()).isTrue();
        assertThat(tls.renegotiate()).isFalse();
        conversation.server().answers(Kind.HELLO_REQUEST);
        assertThat(tls.renegotiate()).isFalse();
        conversation.client().sends(warningAlert(AlertDescription.NO_RENEGOTIATION));
        conversation.server().answers();
        assertThat(tls.renegotiate()).isFalse();
        renegotiates(conversation, fullAnswer());
        assertThat(tls.renegotiate()).isTrue();
        assertThat(tls.renegotiate()).isFalse();
        conversation.server().answers(Kind.HELLO_REQUEST);
    }

    @Test
    void aClientThatWasAskedMayRefuse() {
        Conversation conversation = established(OFTEN);
        assertThat(conversation.server().connection().renegotiate()).isTrue();
        conversation.client().sends(warningAlert(AlertDescription.NO_RENEGOTIATION));
        conversation.server().answers(Kind.HELLO_REQUEST);
        conversation.exchangesData();
    }

    /** RFC 5246 6.2.1: "recipients MUST receive and process interleaved application layer traffic". */
    // RFC 5246 6.2.1-4
    @ParameterizedTest(name = "{0}")
    @MethodSource(ALL_FORMS)
    void dataComesBetweenTheMessagesAndTheirFragmentsUpToTheChangeOfKeys(Forms forms) {
        // RFC 5246 6.2.1-4
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).signs(forms.script());
        Conversation conversation = established(OFTEN, forms, ClientOptions.offering(SIGNING), key);
        conversation.client().fragmentsOf(50);
        conversation.client().sends(interleaving(renegotiatingClientHello(), "a"), applicationData("b"));
        conversation.server().answers(fullAnswer());
        conversation.server().sends("under the old keys");
        conversation.server().hasSent(Kind.APPLICATION_DATA);
        conversation
                .client()
                .sends(
                        interleaving(clientKeyExchange(), "c"),
                        applicationData("d"),
                        changeCipherSpec(),
                        finished(),
                        applicationData("e"));
        conversation.server().answers(LAST_ANSWER);
        conversation.server().hasReceived("abcde");
        conversation.client().takeReceived();
        conversation.exchangesData();
    }

    /** A record of data behind the first fragment of a message. */
    private static ClientMessage interleaving(ClientMessage message, String data) {
        return client -> {
            client.interleaves(data);
            message.writeTo(client);
        };
    }

    @Test
    void dataBehindTheClientsChangeOfKeysIsUnexpected() {
        Conversation conversation = established(OFTEN);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(fullAnswer());
        conversation.client().sends(clientKeyExchange(), changeCipherSpec(), applicationData("too early"));
        conversation.server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
    }

    // RFC 5746 3.7-3
    @Test
    void aHandshakeThatIsNotBoundToTheOneBeforeEndsTheConnection() {
        // RFC 5746 3.7-3
        Conversation conversation = established(OFTEN);
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    // RFC 5746 3.7-4
    @Test
    void aBindingWithOneBitChangedEndsTheConnection() {
        // RFC 5746 3.7-4
        Conversation conversation = established(OFTEN);
        conversation.client().sends(client -> client.beginRenegotiation(binding -> binding[0] ^= 1), clientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    // RFC 5746 3.7-1, 3.7-2
    @Test
    void theScsvOfFirstHandshakesIsWrongInALaterOne() {
        // RFC 5746 3.7-1, 3.7-2
        ClientOptions options = ClientOptions.offering(SIGNING);
        Conversation conversation = established(OFTEN, Forms.PLAIN, options, new RecordingKey(TestIdentity.RSA_2048));
        options.suiteCodes(SIGNING.code(), 0x00ff);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    // RFC 7627 5.4-5
    @Test
    void theExtendedMasterSecretMayNotBeDropped() {
        ClientOptions options = ClientOptions.offering(SIGNING);
        Conversation conversation = established(OFTEN, Forms.PLAIN, options, new RecordingKey(TestIdentity.RSA_2048));
        options.extendedMasterSecret(false);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    /** An AEAD suite in between does not help. */
    // RFC 7366 3.1-1
    @Test
    void encryptThenMacMayNotBeDroppedForMacThenEncrypt() {
        ClientOptions options = ClientOptions.offering(DECRYPTING);
        Conversation conversation = established(OFTEN, Forms.PLAIN, options, new RecordingKey(TestIdentity.RSA_2048));
        options.encryptThenMac(false).suites(SIGNING);
        renegotiates(conversation, fullAnswer());
        options.suites(DECRYPTING);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    @Test
    void encryptThenMacMayBeTakenUp() {
        ClientOptions options = ClientOptions.offering(DECRYPTING).encryptThenMac(false);
        Conversation conversation = established(OFTEN, Forms.PLAIN, options, new RecordingKey(TestIdentity.RSA_2048));
        options.encryptThenMac(true);
        renegotiates(conversation, Conversation.rsaAnswer());
    }

    @Test
    void aLegacyClientIsServedButNotRenegotiatedWith() {
        ClientOptions options = ClientOptions.offering(SIGNING).renegotiationInfo(false);
        Conversation conversation = established(OFTEN, Forms.PLAIN, options, new RecordingKey(TestIdentity.RSA_2048));
        assertThat(conversation.server().connection().renegotiate()).isFalse();
        conversation.client().sends(clientHello());
        conversation.server().answers(Kind.ALERT);
        conversation.exchangesData();
    }

    // RFC 5746 4.4-1, 4.4-4
    @Test
    void aLegacyClientRenegotiatesUnboundOnlyWhereThatIsAllowed() {
        ClientOptions options = ClientOptions.offering(SIGNING).renegotiationInfo(false);
        RenegotiationPolicy policy = OFTEN.withLegacyClients(LegacyClients.RENEGOTIATE_UNBOUND);
        Conversation conversation = established(policy, Forms.PLAIN, options, new RecordingKey(TestIdentity.RSA_2048));
        renegotiates(conversation, fullAnswer());
        options.renegotiationInfo(true);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    // RFC 5746 4.4-2, 4.4-3
    @Test
    void aLegacyClientThatSendsTheScsvInALaterHandshakeIsRefused() {
        ClientOptions options = ClientOptions.offering(SIGNING).renegotiationInfo(false);
        RenegotiationPolicy policy = OFTEN.withLegacyClients(LegacyClients.RENEGOTIATE_UNBOUND);
        Conversation conversation = established(policy, Forms.PLAIN, options, new RecordingKey(TestIdentity.RSA_2048));
        options.suiteCodes(SIGNING.code(), 0x00ff);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    @Test
    void aLegacyClientIsRefusedWhereThePolicySaysSo() {
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048);
        RenegotiationPolicy policy = RenegotiationPolicy.REFUSED.withLegacyClients(LegacyClients.REFUSE);
        Conversation conversation = Conversation.of(
                builder(key.credential()).renegotiation(policy).build(),
                ClientOptions.offering(SIGNING).renegotiationInfo(false),
                Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    @Test
    void thereAreAsManyAsThePolicySays() {
        Conversation conversation = established(OFTEN.withMaxRenegotiations(2).withMinInterval(Duration.ZERO));
        renegotiates(conversation, fullAnswer());
        renegotiates(conversation, fullAnswer());
        assertThat(conversation.server().connection().renegotiate()).isFalse();
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(Kind.ALERT);
        conversation.exchangesData();
    }

    @Test
    void aClientThatMayNotAskIsRefusedUntilItIsAsked() {
        Conversation conversation = established(OFTEN.withClientMayAsk(false).withServerMayAsk(true));
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(Kind.ALERT);
        conversation.exchangesData();
        assertThat(conversation.server().connection().renegotiate()).isTrue();
        conversation.server().answers(Kind.HELLO_REQUEST);
        renegotiates(conversation, fullAnswer());
    }

    /** A client that asks once more is not after an answer. */
    @Test
    void aClientIsRefusedFourTimesAndThenItsConnectionEnds() {
        Conversation conversation = established(RenegotiationPolicy.REFUSED);
        for (int i = 0; i < 4; i++) {
            conversation.client().sends(renegotiatingClientHello());
            conversation.server().answers(Kind.ALERT);
            conversation.exchangesData();
        }
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
    }

    /** Those that cross the server's close_notify get no answer, and there are as few of them. */
    @Test
    void aClientIsIgnoredFourTimesAfterCloseNotify() {
        Conversation conversation = established(OFTEN);
        conversation.server().closesOutput();
        conversation.server().answers(Kind.ALERT);
        for (int i = 0; i < 4; i++) {
            conversation.client().sends(renegotiatingClientHello());
            conversation.server().answers();
        }
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers();
        conversation.server().isDead();
    }

    @Test
    void theyComeNoFasterThanThePolicySays() {
        FakeClock clock = new FakeClock();
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048);
        Conversation conversation = Conversation.of(
                        builder(key.credential())
                                .clock(clock)
                                .renegotiation(OFTEN.withMaxRenegotiations(10).withMinInterval(Duration.ofSeconds(5)))
                                .build(),
                        ClientOptions.offering(SIGNING),
                        Forms.PLAIN)
                .completes();
        assertThat(conversation.server().connection().renegotiate()).isFalse();
        clock.advance(Duration.ofSeconds(5));
        renegotiates(conversation, fullAnswer());
        assertThat(conversation.server().connection().renegotiate()).isFalse();
        clock.advance(Duration.ofSeconds(5));
        renegotiates(conversation, fullAnswer());
    }

    @Test
    void itHasADeadlineOfItsOwn() {
        FakeClock clock = new FakeClock();
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048);
        Conversation conversation = Conversation.of(
                        builder(key.credential())
                                .clock(clock)
                                .handshakeTimeout(Duration.ofSeconds(10))
                                .renegotiation(OFTEN)
                                .build(),
                        ClientOptions.offering(SIGNING),
                        Forms.PLAIN)
                .completes();
        clock.advance(Duration.ofSeconds(100));
        conversation.exchangesData();
        assertThat(conversation.server().connection().nextDeadlineNanos()).isEmpty();
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(fullAnswer());
        assertThat(conversation.server().connection().nextDeadlineNanos()).isPresent();
        clock.advance(Duration.ofSeconds(10));
        conversation.server().refuses(AlertDescription.INTERNAL_ERROR);
    }

    @Test
    void closeNotifyInTheMiddleOfItEndsTheConnectionInGoodOrder() {
        Conversation conversation = established(OFTEN);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(fullAnswer());
        conversation.client().sends(closeNotify());
        conversation.server().answers(Kind.ALERT);
        assertThat(conversation.server().failure()).isNull();
        conversation.server().isDead();
    }

    @Test
    void noneBeginsWhileOneIsUnderWay() {
        Conversation conversation = established(OFTEN);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(fullAnswer());
        assertThat(conversation.server().connection().renegotiate()).isFalse();
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
    }
}
