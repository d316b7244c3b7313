package dev.lockstep.conversations.conversation;

import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.JdkClient;
import dev.lockstep.testkit.JdkConversation;
import dev.lockstep.testkit.ServerDriver;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.certificate.TestAuthority;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.util.Ports;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Progress;
import dev.lockstep.tls.wait.Start;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** The kit as its users meet it: the example of its page, the JDK's client, keys without a connection. */
class TestKitTest {

    private static final String SUITE = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";

    @Test
    void theExampleOfThePageIsRefused() {
        Conversation conversation = Conversation.of(
                TestServers.config(TestServers.local(TestIdentity.P256)), ClientOptions.defaults(), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().answers(Conversation.fullAnswer());
        conversation.client().sends(clientKeyExchange(), changeCipherSpec(), applicationData("too early"));
        conversation.server().refuses(AlertDescription.UNEXPECTED_MESSAGE);
    }

    @Test
    void aFailingExpectationSaysWhatTheServerDid() {
        Conversation conversation = Conversation.of(
                TestServers.config(TestServers.local(TestIdentity.P256)), ClientOptions.defaults(), Forms.PLAIN);
        conversation.client().sends(clientHello());
        assertThatThrownBy(() -> conversation.server().refuses(AlertDescription.DECODE_ERROR))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("SERVER_HELLO_DONE")
                .hasMessageContaining("expected: [ALERT]");
    }

    @Test
    void theClientOfTheJdkTalksToTheDriver() throws Exception {
        RecordingKey key = new RecordingKey(TestIdentity.P256).signs(KeyScript.manual());
        JdkClient client = JdkClient.trustingAll(SUITE);
        ServerDriver server = new ServerDriver(TestServers.config(key.credential()), client);
        assertThat(server.converseOrSuspend()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        key.operation().complete();
        assertThat(server.wakeUps()).isEqualTo(1);
        server.converse();
        assertThat(client.isFinished()).isTrue();
        assertThat(server.suspensions()).isEqualTo(1);
        client.sends("to the server".getBytes(StandardCharsets.UTF_8));
        server.converse();
        assertThat(server.takeReceived()).asString().isEqualTo("to the server");
        server.sends("to the client".getBytes(StandardCharsets.UTF_8));
        assertThat(client.takeReceived()).asString().isEqualTo("to the client");
        key.assertDisciplined();
    }

    @Test
    void theClientOfTheJdkSaysWhyItGaveUp() throws Exception {
        JdkClient client = new JdkClient(JdkClient.engine(SSLContext.getDefault(), SUITE)); // it trusts no test CA
        ServerDriver server = new ServerDriver(TestServers.config(TestServers.local(TestIdentity.P256)), client);
        assertThat(server.converse()).isEqualTo(StepResult.CLOSED);
        assertThat(client.failure()).isNotNull();
        assertThat(server.failure().fromPeer()).isTrue();
    }

    @Test
    void anAuthorityOfTodayIssuesWhatTheJdkAccepts() throws Exception {
        TestAuthority authority = TestAuthority.root("today", Instant.now());
        KeyPair pair = TestAuthority.keyPair("EC", "secp256r1");
        X509Certificate certificate = authority.server(pair.getPublic(), "server.test");
        certificate.checkValidity();
        certificate.verify(authority.certificate().getPublicKey());
        RecordingKey key = new RecordingKey(List.of(certificate, authority.certificate()), pair.getPrivate());
        JdkClient client = JdkClient.trustingAll(SUITE);
        new ServerDriver(TestServers.config(key.credential()), client).converse();
        assertThat(client.isFinished()).isTrue();
        assertThat(client.engine().getSession().getPeerCertificates()[0]).isEqualTo(certificate);
    }

    @Test
    void theJdksClientAndAServerTalkInOneLine() throws Exception {
        RecordingKey key = new RecordingKey(TestIdentity.P256).answers(KeyScript.manual());
        JdkConversation suspended = JdkConversation.of(TestServers.live(key.credential()), trustingCa(), SUITE)
                .suspends();
        assertThat(suspended.isSuspended()).isTrue();
        assertThat(suspended.isDone()).isFalse();
        key.takePending().complete();
        assertThat(suspended.run().isDone()).isTrue();
        assertThat(suspended.echoed()).isTrue();
        assertThat(suspended.client().serverCertificate()).isEqualTo(TestIdentity.P256.certificate());
        key.assertDisciplined();
    }

    @Test
    void aClosedConversationCancelsItsOperationAndEchoesNothing() throws Exception {
        RecordingKey key = new RecordingKey(TestIdentity.P256).answers(KeyScript.never());
        JdkConversation closed = JdkConversation.of(key.credential(), SUITE).suspends();
        closed.server().closes();
        key.takePending().awaitCancel();
        assertThat(closed.run().echoed()).isFalse();
    }

    @Test
    void aResultThatATestMadeIsHandedOverAsItIs() throws Exception {
        RecordingKey key =
                new RecordingKey(TestIdentity.P256).withoutConnection().answers(KeyScript.done((byte) 1, (byte) 2));
        Start.Ready<byte[]> ready = (Start.Ready<byte[]>) start(key);
        assertThat(ready.operation().resume()).isInstanceOf(Progress.Done.class);
        assertThat(key.last().handedOver()).containsExactly(1, 2);
    }

    private static SSLContext trustingCa() throws GeneralSecurityException {
        return JdkClient.contextThatTrusts(TestIdentity.CA.certificate());
    }

    @Test
    void aKeyWithoutAConnectionAnswersInTurn() throws Exception {
        RecordingKey key = new RecordingKey(TestIdentity.P256)
                .withoutConnection()
                .then(KeyScript.manual())
                .then(KeyScript.fallThrough());
        Start.InProgress<byte[]> first = (Start.InProgress<byte[]>) start(key);
        assertThat(first.operation().resume()).isInstanceOf(Progress.InProgress.class);
        key.operation().complete(new byte[] {7});
        assertThat(((Progress.Done<byte[]>) first.operation().resume()).value()).containsExactly(7);
        assertThat(start(key)).isInstanceOf(Start.FallThrough.class);
        assertThat(start(key)).isInstanceOf(Start.Ready.class);
        assertThat(key.starts()).isEqualTo(3);
        key.assertDisciplined();
        first.operation().cancel();
        assertThatThrownBy(key::assertDisciplined).hasMessageContaining("cancel after the end");
    }

    private static Start<byte[]> start(ExternalPrivateKey key) throws Exception {
        SignRequest request = new SignRequest(
                SignatureScheme.ECDSA_SECP256R1_SHA256,
                new byte[3],
                TestIdentity.P256.chain(),
                null,
                OptionalLong.empty());
        return key.startSign(request, () -> {});
    }

    /** A client's connection of another test, on another loopback address, is enough to stop a server's start. */
    @Test
    void aFreePortIsFreeOnEveryAddress() throws Exception {
        int next = Ports.free() + 1;
        try (Socket other = new Socket()) {
            other.bind(new InetSocketAddress("127.0.0.7", next));
            assertThat(Ports.free()).isNotEqualTo(next);
        }
    }
}
