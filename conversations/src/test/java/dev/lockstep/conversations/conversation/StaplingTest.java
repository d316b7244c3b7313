package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.certificate.TestOcsp;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.CipherSuite;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** OCSP responses and SCTs beside the certificate: RFC 6066 8, RFC 6962 3.3.1. */
class StaplingTest {
    private static final CipherSuite ECDHE = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite RSA = CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256;
    private static final TestIdentity WHO = TestIdentity.RSA_2048;
    private static final int STATUS_REQUEST = 5;
    private static final int SIGNED_CERTIFICATE_TIMESTAMP = 18;

    /** version, log id, timestamp, extensions, algorithm, signature. */
    private static byte[] timestamp(int signatureLength) {
        byte[] sct = new byte[1 + 32 + 8 + 2 + 2 + 2 + signatureLength];
        sct[45] = (byte) (signatureLength >>> 8);
        sct[46] = (byte) signatureLength;
        return sct;
    }

    private static TlsServerConfig stapling(byte[] response) {
        return builder(local(WHO).withOcspResponse(response)).build();
    }

    private static Conversation stapled(TlsServerConfig config, ClientOptions options, Forms forms) {
        Conversation conversation = Conversation.of(config, options, forms);
        conversation.client().sends(clientHello());
        conversation
                .server()
                .answers(
                        Seen.Kind.SERVER_HELLO,
                        Seen.Kind.CERTIFICATE,
                        Seen.Kind.CERTIFICATE_STATUS,
                        Seen.Kind.SERVER_KEY_EXCHANGE,
                        Seen.Kind.SERVER_HELLO_DONE);
        conversation.client().sends(clientKeyExchange(), changeCipherSpec(), finished());
        conversation.server().answers(Seen.Kind.CHANGE_CIPHER_SPEC, Seen.Kind.FINISHED);
        return conversation.exchangesData();
    }

    static Stream<Forms> forms() {
        return Forms.inputs();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void aClientThatAsksGetsTheResponseBehindTheCertificate(Forms forms) {
        // RFC 6066 8-3
        byte[] response = TestOcsp.good(WHO);
        Conversation conversation =
                stapled(stapling(response), ClientOptions.offering(ECDHE).statusRequest(), forms);
        assertThat(conversation.client().stapledResponse()).isEqualTo(response);
        assertThat(conversation.client().serverExtension(STATUS_REQUEST)).isEmpty();
    }

    @Test
    void theResponseComesWithTheRsaKeyExchangeToo() {
        Conversation conversation = Conversation.of(
                stapling(TestOcsp.good(WHO)), ClientOptions.offering(RSA).statusRequest(), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation
                .server()
                .answers(
                        Seen.Kind.SERVER_HELLO,
                        Seen.Kind.CERTIFICATE,
                        Seen.Kind.CERTIFICATE_STATUS,
                        Seen.Kind.SERVER_HELLO_DONE);
    }

    @Test
    void aClientThatDoesNotAskGetsNone() {
        // RFC 6066 8-4
        Conversation conversation =
                Conversation.of(stapling(TestOcsp.good(WHO)), ClientOptions.offering(ECDHE), Forms.PLAIN);
        assertThat(conversation.completes().client().stapledResponse()).isNull();
    }

    @Test
    void aRequestOfAnotherTypeThanOcspIsIgnored() {
        ClientOptions options = ClientOptions.offering(ECDHE).extension(STATUS_REQUEST, new byte[] {2, 0, 0});
        Conversation conversation = Conversation.of(stapling(TestOcsp.good(WHO)), options, Forms.PLAIN);
        assertThat(conversation.completes().client().serverExtension(STATUS_REQUEST))
                .isNull();
    }

    @Test
    void withoutAResponseTheRequestIsNotAnswered() {
        // RFC 6066 8-3
        Conversation conversation = Conversation.of(
                builder(local(WHO)).build(), ClientOptions.offering(ECDHE).statusRequest(), Forms.PLAIN);
        assertThat(conversation.completes().client().serverExtension(STATUS_REQUEST))
                .isNull();
    }

    @Test
    void aResponseThatHasGrownOldIsNotSentAndTheObserverIsTold() {
        AtomicReference<Instant> now = new AtomicReference<>(TestOcsp.UNTIL.minusSeconds(1));
        List<String> told = new ArrayList<>();
        TlsServerConfig config = builder(local(WHO).withOcspResponse(TestOcsp.good(WHO)))
                .wallClock(now::get)
                .observer(told(told))
                .build();
        ClientOptions options = ClientOptions.offering(ECDHE).statusRequest();
        assertThat(stapled(config, options, Forms.PLAIN).client().stapledResponse())
                .isNotNull();
        assertThat(told).isEmpty();
        now.set(TestOcsp.UNTIL);
        assertThat(Conversation.of(config, options, Forms.PLAIN)
                        .completes()
                        .client()
                        .serverExtension(STATUS_REQUEST))
                .isNull();
        assertThat(told).singleElement().asString().startsWith("nextUpdate: 2049-01-01T00:00:00Z is over");
    }

    @Test
    void aSourceIsAskedInEveryHandshakeThatWantsAResponse() {
        AtomicReference<byte[]> latest = new AtomicReference<>();
        List<String> told = new ArrayList<>();
        TlsServerConfig config = builder(local(WHO).withOcspResponses(latest::get))
                .observer(told(told))
                .build();
        ClientOptions options = ClientOptions.offering(ECDHE).statusRequest();
        Conversation.of(config, options, Forms.PLAIN).completes();
        for (byte[] response :
                List.of(TestOcsp.good(WHO), TestOcsp.about(WHO).bySha256().encoded())) {
            latest.set(response);
            assertThat(stapled(config, options, Forms.PLAIN).client().stapledResponse())
                    .isEqualTo(response);
        }
        assertThat(told).isEmpty();
        latest.set(TestOcsp.about(WHO).revoked().encoded());
        Conversation.of(config, options, Forms.PLAIN).completes();
        assertThat(told).containsExactly("certStatus: revoked and not good");
    }

    @Test
    void aResponseWithoutNextUpdateIsGoodForAsLongAsItIsThere() {
        byte[] response = TestOcsp.about(WHO).current(TestOcsp.FROM, null).encoded();
        assertThat(local(WHO)
                        .withOcspResponse(response)
                        .stapledResponse(TestOcsp.UNTIL.plus(Duration.ofDays(1)))
                        .der())
                .isEqualTo(response);
    }

    static Stream<Arguments> unusableResponses() {
        Instant now = Instant.now();
        byte[] good = TestOcsp.good(WHO);
        byte[] cut = Arrays.copyOf(good, good.length - 1);
        byte[] padded = Arrays.copyOf(good, good.length + 1);
        return Stream.of(
                Arguments.of("OCSPResponse: not the encoding", new byte[0]),
                Arguments.of("OCSPResponse: not the encoding", new byte[] {1, 2, 3}),
                Arguments.of("OCSPResponse: not the encoding", new byte[] {0x30, 0}),
                Arguments.of("OCSPResponse: not the encoding", cut),
                Arguments.of("OCSPResponse: not the encoding", padded),
                Arguments.of("responseStatus: 3", TestOcsp.tryLater()),
                Arguments.of("certID.serialNumber", TestOcsp.good(TestIdentity.P256)),
                Arguments.of(
                        "certID.issuerNameHash",
                        TestOcsp.about(WHO)
                                .issuedBy(TestIdentity.P256.certificate())
                                .encoded()),
                Arguments.of(
                        "certID.issuerKeyHash",
                        TestOcsp.about(WHO).byAnotherKey().encoded()),
                Arguments.of(
                        "certStatus: revoked", TestOcsp.about(WHO).revoked().encoded()),
                Arguments.of(
                        "certStatus: unknown", TestOcsp.about(WHO).unknown().encoded()),
                Arguments.of(
                        "nextUpdate",
                        TestOcsp.about(WHO)
                                .current(TestOcsp.FROM, now.minusSeconds(60))
                                .encoded()),
                Arguments.of(
                        "thisUpdate",
                        TestOcsp.about(WHO)
                                .current(now.plusSeconds(3600), TestOcsp.UNTIL)
                                .encoded()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unusableResponses")
    void aResponseThatNoClientCouldUseIsAWarningAndNotStapled(String field, byte[] response) {
        TlsServerConfig config = stapling(response);
        assertThat(config.warnings()).singleElement().satisfies(warning -> {
            assertThat(warning.field()).isEqualTo("ocspResponse");
            assertThat(warning.reason()).contains(field);
        });
        Conversation conversation =
                Conversation.of(config, ClientOptions.offering(ECDHE).statusRequest(), Forms.PLAIN);
        assertThat(conversation.completes().client().stapledResponse()).isNull();
    }

    @Test
    void timestampsGoToClientsThatAskForThem() {
        TlsServerConfig config = builder(
                        local(WHO).withSignedCertificateTimestamps(List.of(timestamp(70), timestamp(0))))
                .build();
        ClientOptions options = ClientOptions.offering(ECDHE).extension(SIGNED_CERTIFICATE_TIMESTAMP, new byte[0]);
        byte[] list = Conversation.of(config, options, Forms.PLAIN)
                .completes()
                .client()
                .serverExtension(SIGNED_CERTIFICATE_TIMESTAMP);
        assertThat(list).hasSize(2 + 2 + 117 + 2 + 47).startsWith(0, 168, 0, 117);
        assertThat(Conversation.of(config, ClientOptions.offering(ECDHE), Forms.PLAIN)
                        .completes()
                        .client()
                        .serverExtension(SIGNED_CERTIFICATE_TIMESTAMP))
                .isNull();
        assertThat(Conversation.of(builder(local(WHO)).build(), options, Forms.PLAIN)
                        .completes()
                        .client()
                        .serverExtension(SIGNED_CERTIFICATE_TIMESTAMP))
                .isNull();
    }

    static Stream<List<byte[]>> badTimestamps() {
        byte[] good = timestamp(70);
        byte[] v2 = good.clone();
        v2[0] = 1;
        return Stream.of(
                List.of(),
                List.of(new byte[0]),
                List.of(good, Arrays.copyOf(good, good.length - 1)),
                List.of(Arrays.copyOf(good, good.length + 1)),
                List.of(Arrays.copyOf(good, 42)),
                List.of(v2),
                List.of(timestamp(16384)));
    }

    @ParameterizedTest
    @MethodSource("badTimestamps")
    void whatIsNoListOfTimestampsIsRefusedWhenConfigured(List<byte[]> scts) {
        assertThatThrownBy(() -> local(WHO).withSignedCertificateTimestamps(scts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("signedCertificateTimestamps");
    }

    @Test
    void aCredentialKeepsBothAdditions() {
        Credential both =
                local(WHO).withOcspResponse(TestOcsp.good(WHO)).withSignedCertificateTimestamps(List.of(timestamp(70)));
        assertThat(both.stapledResponse(Instant.now()).der()).isNotNull();
        assertThat(both.signedCertificateTimestamps()).hasSize(1);
        assertThat(both.signatureSchemes()).isEqualTo(local(WHO).signatureSchemes());
    }

    /** RFC 6066 8: a server MAY staple; what its source throws is no reason to end a handshake. */
    @ParameterizedTest
    @MethodSource("failures")
    void aSourceThatFailsMeansNoStapleAndTheObserverIsTold(Throwable failure) {
        List<String> told = new ArrayList<>();
        Credential credential = local(WHO).withOcspResponses(() -> {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        });
        TlsServerConfig config = builder(credential).observer(told(told)).build();
        Conversation conversation =
                Conversation.of(config, ClientOptions.offering(ECDHE).statusRequest(), Forms.PLAIN);
        assertThat(conversation.completes().client().serverExtension(STATUS_REQUEST))
                .isNull();
        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("source: it failed (")
                .contains(failure.toString());
        assertThat(credential.stapledResponse(Instant.now()).failure()).isSameAs(failure);
    }

    static Stream<Throwable> failures() {
        return Stream.of(
                new IllegalStateException("no network"), new NoClassDefFoundError("Ocsp"), new AssertionError("bug"));
    }

    private static ConnectionObserver told(List<String> reasons) {
        return new ConnectionObserver() {
            @Override
            public void onOcspResponseUnusable(Credential credential, String reason) {
                reasons.add(reason);
            }
        };
    }
}
