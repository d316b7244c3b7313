package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.Conversation.fullAnswer;
import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpecContaining;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.record;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.SuspensionKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What an established connection gives to the protocols above it, and its end in one direction or both. */
class AfterHandshakeTest {

    private static final CipherSuite SHA256_SUITE = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite SHA384_SUITE = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384;

    private static Conversation established(ClientOptions options) {
        TlsServerConfig config = builder(local(TestIdentity.P256))
                .exporters(true)
                .renegotiation(renegotiation())
                .build();
        return Conversation.of(config, options, Forms.PLAIN).completes();
    }

    private static RenegotiationPolicy renegotiation() {
        return RenegotiationPolicy.ALLOWED.withMaxRenegotiations(10).withMinInterval(Duration.ZERO);
    }

    @Test
    void bothSidesExportTheSameMaterialWithAndWithoutAContext() {
        // RFC 5705 5-1
        for (CipherSuite suite : new CipherSuite[] {SHA256_SUITE, SHA384_SUITE}) {
            Conversation conversation = established(ClientOptions.offering(suite));
            TlsServerConnection tls = conversation.server().connection();
            for (byte[] context : new byte[][] {null, {}, {1, 2, 3}, new byte[0xffff]}) {
                for (int length : new int[] {1, 32, 1000}) {
                    assertThat(tls.exportKeyingMaterial("EXPERIMENTAL test", context, length))
                            .isEqualTo(conversation.client().exported("EXPERIMENTAL test", context, length));
                }
            }
            assertThat(tls.exportKeyingMaterial("EXPERIMENTAL test", null, 32))
                    .as("no context is another thing than an empty one")
                    .isNotEqualTo(tls.exportKeyingMaterial("EXPERIMENTAL test", new byte[0], 32));
        }
    }

    // RFC 5705 6-1
    @Test
    void theExporterRefusesWhatWouldGiveTheConnectionsOwnKeysAway() {
        TlsServerConnection tls =
                established(ClientOptions.offering(SHA256_SUITE)).server().connection();
        for (String label : new String[] {
            "client finished", "server finished", "master secret", "key expansion", "extended master secret"
        }) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> tls.exportKeyingMaterial(label, null, 32))
                    .withMessageContaining("label");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> tls.exportKeyingMaterial("", null, 32));
        assertThatIllegalArgumentException().isThrownBy(() -> tls.exportKeyingMaterial("ümlaut", null, 32));
        assertThatIllegalArgumentException().isThrownBy(() -> tls.exportKeyingMaterial("x", null, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> tls.exportKeyingMaterial("x", null, (1 << 16) + 1));
        assertThatIllegalArgumentException().isThrownBy(() -> tls.exportKeyingMaterial("x", new byte[0x10000], 1));
    }

    @Test
    void nothingIsExportedBeforeTheHandshakeIsOverAfterTheEndOrUnlessEnabled() {
        TlsServerConfig config =
                builder(local(TestIdentity.P256)).exporters(true).build();
        assertThatIllegalStateException()
                .isThrownBy(() -> TlsServerConnection.create(config, tls -> {}).exportKeyingMaterial("x", null, 1));
        Conversation over = established(ClientOptions.offering(SHA256_SUITE));
        over.server().closes();
        assertThatIllegalStateException()
                .isThrownBy(() -> over.server().connection().exportKeyingMaterial("x", null, 1));
        over.client().takeSeen();
        over.server().isDead();
        Conversation off = Conversation.of(
                        builder(local(TestIdentity.P256)).build(), ClientOptions.offering(SHA256_SUITE), Forms.PLAIN)
                .completes();
        assertThatIllegalStateException()
                .isThrownBy(() -> off.server().connection().exportKeyingMaterial("x", null, 1))
                .withMessageContaining("exporters(true)");
    }

    @Test
    void aRenegotiationChangesWhatIsExportedAndTlsUnique() {
        Conversation conversation = established(ClientOptions.offering(SHA256_SUITE));
        TlsServerConnection tls = conversation.server().connection();
        byte[] material = tls.exportKeyingMaterial("x", null, 32);
        byte[] unique = tls.tlsUnique();
        assertThat(unique).isEqualTo(conversation.client().clientVerifyData());
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().answers(fullAnswer());
        assertThat(tls.exportKeyingMaterial("x", null, 32))
                .as("the connection is what it was until the handshake is over")
                .isEqualTo(material);
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        assertThat(tls.exportKeyingMaterial("x", null, 32))
                .isNotEqualTo(material)
                .isEqualTo(conversation.client().exported("x", null, 32));
        assertThat(tls.tlsUnique())
                .isNotEqualTo(unique)
                .isEqualTo(conversation.client().clientVerifyData());
    }

    /** Without it two connections may share their master secret and their verify_data. */
    // RFC 7627 5.4-1, 5.4-2, 5.4-3
    @Test
    void exportersAndTlsUniqueNeedTheExtendedMasterSecret() {
        ClientOptions options = ClientOptions.offering(SHA256_SUITE).extendedMasterSecret(false);
        TlsServerConnection tls = established(options).server().connection();
        assertThat(tls.tlsUnique()).isNull();
        assertThatIllegalStateException()
                .isThrownBy(() -> tls.exportKeyingMaterial("EXPERIMENTAL test", null, 32))
                .withMessageContaining("extended master secret");
    }

    @Test
    void tlsServerEndPointIsTheHashOfTheCertificate() throws Exception {
        TlsServerConnection tls =
                established(ClientOptions.offering(SHA256_SUITE)).server().connection();
        assertThat(TestIdentity.P256.certificate().getSigAlgName()).startsWithIgnoringCase("SHA256");
        assertThat(tls.tlsServerEndPoint())
                .isEqualTo(MessageDigest.getInstance("SHA-256")
                        .digest(TestIdentity.P256.certificate().getEncoded()));
    }

    @Test
    void theKeyIsNeededUntilItHasSigned() {
        RecordingKey key = new RecordingKey(TestIdentity.P256).signs(KeyScript.manual());
        Conversation conversation =
                Conversation.of(builder(key.credential()).build(), ClientOptions.offering(SHA256_SUITE), Forms.PLAIN);
        TlsServerConnection tls = conversation.server().connection();
        assertThat(tls.needsKey()).isTrue();
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(SuspensionKind.SIGN);
        assertThat(tls.needsKey()).isTrue();
        key.operation().complete();
        conversation.server().answers(fullAnswer());
        assertThat(tls.needsKey()).isFalse();
        conversation.secondFlight();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        assertThat(tls.needsKey()).isFalse();
    }

    @Test
    void theKeyIsNeededUntilItHasDecrypted() {
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).decrypts(KeyScript.manual());
        Conversation conversation = Conversation.of(
                builder(key.credential()).build(),
                ClientOptions.offering(CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256),
                Forms.PLAIN);
        TlsServerConnection tls = conversation.server().connection();
        conversation.client().sends(clientHello());
        conversation.server().answers(Conversation.rsaAnswer());
        assertThat(tls.needsKey()).isTrue();
        conversation.secondFlight();
        conversation.server().suspendsFor(SuspensionKind.DECRYPT);
        assertThat(tls.needsKey()).isTrue();
        key.operation().complete();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        assertThat(tls.needsKey()).isFalse();
    }

    @Test
    void whoHasSaidCloseNotifyStillReadsUntilThePeerSaysIt() {
        Conversation conversation = established(ClientOptions.offering(SHA256_SUITE));
        conversation.server().closesOutput();
        conversation.server().hasSent(Kind.ALERT);
        conversation.client().sends(applicationData("the rest"));
        conversation.server().answers();
        conversation.server().hasReceived("the rest");
        conversation.client().sends(closeNotify());
        conversation.server().answers();
        assertThat(conversation.server().failure()).isNull();
        conversation.server().isDead();
    }

    private static Conversation endedByTheClient() {
        TlsServerConfig config = builder(local(TestIdentity.P256))
                .renegotiation(renegotiation())
                .outputAfterCloseNotify(true)
                .build();
        Conversation conversation = Conversation.of(config, ClientOptions.offering(SHA256_SUITE), Forms.PLAIN)
                .completes();
        conversation.client().sends(applicationData("a question"), closeNotify(), applicationData("too late"));
        conversation.server().answers();
        conversation.server().hasReceived("a question");
        conversation.server().meetsEndOfStream();
        assertThat(conversation.server().settle()).isEqualTo(StepResult.CLOSED);
        return conversation;
    }

    @Test
    void theAnswerToAClientThatHasSaidCloseNotifyIsSentWhereTheConfigurationAllowsIt() {
        for (boolean half : new boolean[] {true, false}) {
            Conversation conversation = endedByTheClient();
            TlsServerConnection tls = conversation.server().connection();
            assertThat(tls.isEstablished()).isTrue();
            assertThat(tls.wantsInput()).isFalse();
            assertThat(tls.renegotiate()).isFalse();
            conversation.server().sends("the answer");
            conversation.server().hasSent(Kind.APPLICATION_DATA);
            assertThat(new String(conversation.client().takeReceived(), StandardCharsets.UTF_8))
                    .isEqualTo("the answer");
            if (half) {
                conversation.server().closesOutput();
            } else {
                conversation.server().closes();
            }
            conversation.server().hasSent(Kind.ALERT);
            assertThat(conversation.server().failure()).isNull();
            conversation.server().isDead();
        }
    }

    @Test
    void anEndOfStreamWithoutCloseNotifyIsAnErrorAlsoWhenThisSideHasSaidIt() {
        Conversation conversation = established(ClientOptions.offering(SHA256_SUITE));
        conversation.server().closesOutput();
        conversation.server().hasSent(Kind.ALERT);
        conversation.server().meetsEndOfStream();
        conversation.server().answers();
        assertThat(conversation.server().failure()).isNotNull();
        assertThat(conversation.server().failure().alert()).isNull();
    }

    @Test
    void whoHasSaidCloseNotifySaysNothingMore() {
        Conversation conversation = established(ClientOptions.offering(SHA256_SUITE));
        conversation.server().closesOutput();
        conversation.server().hasSent(Kind.ALERT);
        conversation.client().sends(clientHello());
        conversation.server().answers();
        conversation.client().sends(record(23, new byte[0]));
        conversation.server().answers();
        conversation.client().sends(changeCipherSpecContaining(1));
        conversation.server().answers();
        assertThat(conversation.server().failure().alert()).isEqualTo(AlertDescription.UNEXPECTED_MESSAGE);
        conversation.server().isDead();
    }
}
