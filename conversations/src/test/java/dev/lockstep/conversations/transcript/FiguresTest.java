package dev.lockstep.conversations.transcript;

import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerify;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.explain.Figure;
import dev.lockstep.explain.Transcript;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.TestServers;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.answer.ScriptedAnswers;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The figures of RFC 5246 section 7.3 and RFC 5077 section 3.1, held beside what happens. Where the server waits for
 * an answer from outside, the figure says what it waits for.
 */
class FiguresTest {

    private static final CipherSuite ECDHE = CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
    private static final CipherSuite RSA = CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256;
    private static final ClientMessage[] SECOND_FLIGHT = {
        certificate(TestIdentity.P256),
        clientKeyExchange(),
        certificateVerify(TestIdentity.P256),
        changeCipherSpec(),
        finished()
    };

    private final Transcript transcript = new Transcript();
    private final SessionFixture sessions = new SessionFixture();

    private static Credential slowKey() {
        return new RecordingKey(TestIdentity.RSA_2048)
                .answers(KeyScript.inProgress(1))
                .credential();
    }

    private static ClientAuthentication slowVerdict() {
        return ClientAuthentication.wanted(new RecordingVerifier().answers(KeyScript.inProgress(1)));
    }

    /** Sends message by message, so that each wait stands behind the message that it is about. */
    private String figure(TlsServerConfigBuilder builder, ClientOptions options, ClientMessage... secondFlight) {
        Conversation conversation = Conversation.of(builder.observer(transcript).build(), options, Forms.PLAIN);
        conversation.client().traces(transcript::onRecord);
        conversation.client().sends(clientHello());
        conversation.server().settle();
        for (ClientMessage message : secondFlight) {
            conversation.client().sends(message);
            conversation.server().settle();
        }
        conversation.client().takeSeen();
        conversation.exchangesData();
        return Figure.of(transcript);
    }

    @Test
    void rfc5246Figure1FullHandshake() {
        TlsServerConfigBuilder server = TestServers.builder(slowKey()).clientAuthentication(slowVerdict());
        assertThat(figure(server, ClientOptions.offering(ECDHE), SECOND_FLIGHT)).isEqualTo("""
                Client                                                    Server

                ClientHello                      -------->
                                                                     ServerHello
                                                                    Certificate*
                                                               [suspended: SIGN]
                                                              ServerKeyExchange*
                                                             CertificateRequest*
                                                 <--------       ServerHelloDone
                Certificate*
                                                 [suspended: CLIENT_CERTIFICATE]
                ClientKeyExchange
                CertificateVerify*
                [ChangeCipherSpec]
                Finished                         -------->
                                                              [ChangeCipherSpec]
                                                 <--------              Finished
                Application Data                 <------->      Application Data
                """);
    }

    @Test
    void rfc5246Figure1WithTheRsaKeyExchange() {
        assertThat(figure(
                        TestServers.builder(slowKey()),
                        ClientOptions.offering(RSA),
                        clientKeyExchange(),
                        changeCipherSpec(),
                        finished()))
                .isEqualTo("""
                Client                                                    Server

                ClientHello                      -------->
                                                                     ServerHello
                                                                    Certificate*
                                                 <--------       ServerHelloDone
                ClientKeyExchange
                                                            [suspended: DECRYPT]
                [ChangeCipherSpec]
                Finished                         -------->
                                                              [ChangeCipherSpec]
                                                 <--------              Finished
                Application Data                 <------->      Application Data
                """);
    }

    @Test
    void rfc5246Figure2AbbreviatedHandshake() {
        Credential credential = TestServers.local(TestIdentity.RSA_2048);
        TlsServerConfig config = sessions.storeOnly(credential).build();
        ClientSession session = SessionFixture.byId(config, ClientOptions.offering(ECDHE));
        sessions.answers(ScriptedAnswers.Form.AFTER_ONE_RESUME);
        assertThat(figure(
                        sessions.storeOnly(credential),
                        ClientOptions.offering(ECDHE).resumingById(session),
                        changeCipherSpec(),
                        finished()))
                .isEqualTo("""
                Client                                                    Server

                ClientHello                      -------->
                                                     [suspended: SESSION_LOOKUP]
                                                                     ServerHello
                                                              [ChangeCipherSpec]
                                                 <--------              Finished
                [ChangeCipherSpec]
                Finished                         -------->
                Application Data                 <------->      Application Data
                """);
    }

    @Test
    void rfc5077Figure1FullHandshakeIssuingATicket() {
        TlsServerConfigBuilder server = sessions.builder(slowKey()).clientAuthentication(slowVerdict());
        assertThat(figure(server, ClientOptions.offering(ECDHE).wantingTicket(), SECOND_FLIGHT))
                .isEqualTo("""
                Client                                                    Server

                ClientHello
                (empty SessionTicket extension)  -------->
                                                                     ServerHello
                                                 (empty SessionTicket extension)
                                                                    Certificate*
                                                               [suspended: SIGN]
                                                              ServerKeyExchange*
                                                             CertificateRequest*
                                                 <--------       ServerHelloDone
                Certificate*
                                                 [suspended: CLIENT_CERTIFICATE]
                ClientKeyExchange
                CertificateVerify*
                [ChangeCipherSpec]
                Finished                         -------->
                                                                NewSessionTicket
                                                              [ChangeCipherSpec]
                                                 <--------              Finished
                Application Data                 <------->      Application Data
                """);
    }

    @Test
    void rfc5077Figure2AbbreviatedHandshakeWithANewTicket() {
        Credential credential = TestServers.local(TestIdentity.RSA_2048);
        ClientSession session =
                SessionFixture.byTicket(sessions.builder(credential).build(), ClientOptions.offering(ECDHE));
        sessions.ring().rotateTo(List.of(SessionFixture.key(2)));
        sessions.answers(ScriptedAnswers.Form.AFTER_ONE_RESUME);
        assertThat(figure(
                        sessions.builder(credential),
                        ClientOptions.offering(ECDHE).resumingByTicket(session),
                        changeCipherSpec(),
                        finished()))
                .isEqualTo("""
                Client                                                    Server

                ClientHello
                (SessionTicket extension)        -------->
                                                     [suspended: TICKET_OPENING]
                                                                     ServerHello
                                                 (empty SessionTicket extension)
                                                                NewSessionTicket
                                                              [ChangeCipherSpec]
                                                 <--------              Finished
                [ChangeCipherSpec]
                Finished                         -------->
                Application Data                 <------->      Application Data
                """);
    }

    @Test
    void rfc5077Figure3FullHandshakeWithoutANewTicket() {
        TlsServerConfigBuilder server = TestServers.builder(slowKey()).clientAuthentication(slowVerdict());
        assertThat(figure(server, ClientOptions.offering(ECDHE).ticket(new byte[80]), SECOND_FLIGHT))
                .isEqualTo("""
                Client                                                    Server

                ClientHello
                (SessionTicket extension)        -------->
                                                                     ServerHello
                                                                    Certificate*
                                                               [suspended: SIGN]
                                                              ServerKeyExchange*
                                                             CertificateRequest*
                                                 <--------       ServerHelloDone
                Certificate*
                                                 [suspended: CLIENT_CERTIFICATE]
                ClientKeyExchange
                CertificateVerify*
                [ChangeCipherSpec]
                Finished                         -------->
                                                              [ChangeCipherSpec]
                                                 <--------              Finished
                Application Data                 <------->      Application Data
                """);
    }
}
