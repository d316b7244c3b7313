package dev.lockstep.conversations.hostile;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.record;
import static dev.lockstep.testkit.client.ClientMessages.warningAlert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.tls.config.Bounds;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each bound on what a peer may do, where it is changed: what fits is taken, one more gets its alert. */
class BoundsTest {
    private static final CipherSuite SUITE = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;

    private static TlsServerConfigBuilder server(Bounds bounds) {
        return builder(local(TestIdentity.RSA_2048)).bounds(bounds);
    }

    private static ClientOptions paddedTo(int helloBody) {
        return ClientOptions.offering(SUITE).paddedTo(helloBody);
    }

    private static Conversation begins(TlsServerConfig config, ClientOptions options, int fragment) {
        Conversation conversation = Conversation.of(config, options, Forms.PLAIN);
        if (fragment > 0) {
            conversation.client().fragmentsOf(fragment);
        }
        conversation.client().sends(clientHello());
        return conversation;
    }

    @Test
    void aClientHelloOfExactlyTheBoundIsTaken() {
        TlsServerConfig config = server(Bounds.DEFAULT.withMaxClientHello(1000)).build();
        begins(config, paddedTo(1000), 0).server().answers(Conversation.fullAnswer());
        begins(config, paddedTo(1001), 0).server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
    }

    @Test
    void handshakeRecordsAreCounted() {
        ClientOptions options = paddedTo(996);
        TlsServerConfig config =
                server(Bounds.DEFAULT.withMaxHandshakeRecords(100)).build();
        begins(config, options, 10).server().answers(Conversation.fullAnswer());
        begins(config, paddedTo(997), 10).server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
    }

    @Test
    void handshakeBytesAreCounted() {
        TlsServerConfig config =
                server(Bounds.DEFAULT.withMaxHandshakeBytes(1024)).build();
        begins(config, paddedTo(1020), 0).server().answers(Conversation.fullAnswer());
        begins(config, paddedTo(1021), 0).server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
    }

    @Test
    void eachHandshakeOfAConnectionIsCountedForItself() {
        TlsServerConfig config = server(Bounds.DEFAULT.withMaxHandshakeBytes(1024))
                .renegotiation(
                        RenegotiationPolicy.ALLOWED.withMaxRenegotiations(10).withMinInterval(Duration.ZERO))
                .build();
        Conversation conversation =
                Conversation.of(config, paddedTo(800), Forms.PLAIN).completes();
        for (int i = 0; i < 3; i++) {
            conversation.client().sends(ClientMessages.renegotiatingClientHello());
            conversation.server().answers(Conversation.fullAnswer());
            conversation.secondFlight();
            conversation.server().settle();
            conversation.client().takeSeen();
            conversation.exchangesData();
        }
    }

    @Test
    void aChainOverTheBoundIsCertificateUnknown() {
        TlsServerConfig config = server(Bounds.DEFAULT.withMaxCertificateChain(512))
                .clientAuthentication(ClientAuthentication.wanted(new RecordingVerifier()))
                .build();
        Conversation conversation = begins(config, ClientOptions.offering(SUITE), 0);
        conversation.server().settle();
        conversation.client().takeSeen();
        conversation.client().sends(certificate(TestIdentity.RSA_2048));
        conversation.server().refuses(AlertDescription.CERTIFICATE_UNKNOWN);
    }

    @Test
    void emptyRecordsInARowAreCounted() {
        TlsServerConfig config = server(Bounds.DEFAULT.withMaxEmptyRecords(2)).build();
        sending(config, 2, record(22, new byte[0])).server().answers(Conversation.fullAnswer());
        sending(config, 3, record(22, new byte[0])).server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
    }

    @Test
    void warningAlertsInARowAreCounted() {
        TlsServerConfig config = server(Bounds.DEFAULT.withMaxWarningAlerts(1)).build();
        ClientMessage warning = warningAlert(AlertDescription.USER_CANCELED);
        sending(config, 1, warning).server().answers(Conversation.fullAnswer());
        sending(config, 2, warning).server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
    }

    private static Conversation sending(TlsServerConfig config, int times, ClientMessage message) {
        Conversation conversation = Conversation.of(config, ClientOptions.offering(SUITE), Forms.PLAIN);
        for (int i = 0; i < times; i++) {
            conversation.client().sends(message);
        }
        conversation.client().sends(clientHello());
        return conversation;
    }

    static Stream<Arguments> ranges() {
        return Stream.of(
                range("maxClientHello", 512, 0xffffff, Bounds::withMaxClientHello),
                range("maxHandshakeMessage", 512, 0xffffff, Bounds::withMaxHandshakeMessage),
                range("maxCertificateChain", 512, 0xffffff, Bounds::withMaxCertificateChain),
                range("maxHandshakeBytes", 1024, Integer.MAX_VALUE, Bounds::withMaxHandshakeBytes),
                range("maxHandshakeRecords", 8, Integer.MAX_VALUE, Bounds::withMaxHandshakeRecords),
                range("maxEmptyRecords", 0, 1 << 16, Bounds::withMaxEmptyRecords),
                range("maxWarningAlerts", 0, 1 << 16, Bounds::withMaxWarningAlerts),
                range("maxPskIdentity", 128, 0xffff, Bounds::withMaxPskIdentity));
    }

    private static Arguments range(String field, int min, int max, BiFunction<Bounds, Integer, Bounds> with) {
        return Arguments.of(field, min, max, with);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ranges")
    void aBoundOutOfItsRangeIsRefusedByName(String field, int min, int max, BiFunction<Bounds, Integer, Bounds> with) {
        assertThat(with.apply(Bounds.DEFAULT, min).toString()).contains(field + "=" + min);
        assertThat(with.apply(Bounds.DEFAULT, max).toString()).contains(field + "=" + max);
        assertThat(with.apply(Bounds.DEFAULT, min))
                .isEqualTo(with.apply(Bounds.DEFAULT, min))
                .isNotEqualTo(with.apply(Bounds.DEFAULT, max));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> with.apply(Bounds.DEFAULT, min - 1))
                .withMessageStartingWith(field);
        if (max < Integer.MAX_VALUE) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> with.apply(Bounds.DEFAULT, max + 1))
                    .withMessageStartingWith(field);
        }
    }
}
