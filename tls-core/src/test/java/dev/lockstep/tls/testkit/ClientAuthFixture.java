package dev.lockstep.tls.testkit;

import static dev.lockstep.tls.testkit.ClientAuthMessages.certificate;
import static dev.lockstep.tls.testkit.ClientAuthMessages.certificateVerify;
import static dev.lockstep.tls.testkit.ClientAuthMessages.noCertificate;
import static dev.lockstep.tls.testkit.ClientMessages.changeCipherSpec;
import static dev.lockstep.tls.testkit.ClientMessages.clientHello;
import static dev.lockstep.tls.testkit.ClientMessages.clientKeyExchange;
import static dev.lockstep.tls.testkit.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.testkit.Seen.Kind;

/** Servers that ask, and handshakes with clients that answer. */
public final class ClientAuthFixture {

    private ClientAuthFixture() {}

    /** The server's first flight with a CertificateRequest in it. */
    public static Kind[] askingAnswer(boolean serverKeyExchange) {
        return serverKeyExchange
                ? new Kind[] {
                    Kind.SERVER_HELLO,
                    Kind.CERTIFICATE,
                    Kind.SERVER_KEY_EXCHANGE,
                    Kind.CERTIFICATE_REQUEST,
                    Kind.SERVER_HELLO_DONE
                }
                : new Kind[] {Kind.SERVER_HELLO, Kind.CERTIFICATE, Kind.CERTIFICATE_REQUEST, Kind.SERVER_HELLO_DONE};
    }

    public static TlsServerConfig wanting(RecordingVerifier verifier, Credential credential) {
        return TestServers.builder(credential)
                .clientAuthentication(ClientAuthentication.wanted(verifier))
                .build();
    }

    public static TlsServerConfig requiring(RecordingVerifier verifier, Credential credential) {
        return TestServers.builder(credential)
                .clientAuthentication(ClientAuthentication.required(verifier))
                .build();
    }

    /** Up to ServerHelloDone, with a CertificateRequest before it. */
    public static Conversation asked(TlsServerConfig config, ClientOptions options, Forms forms) {
        Conversation conversation = Conversation.of(config, options, forms);
        isAsked(conversation, clientHello());
        return conversation;
    }

    /** A ClientHello, first or later, and the server's answer to it. */
    public static void isAsked(Conversation conversation, ClientMessage hello) {
        conversation.client().sends(hello);
        conversation.server().settle();
        conversation
                .server()
                .hasSent(askingAnswer(
                        conversation.client().cipherSuite().keyExchange().signsServerKeyExchange()));
    }

    /** The client's honest answer, up to its Finished. */
    public static Conversation shows(Conversation conversation, TestIdentity identity) {
        conversation
                .client()
                .sends(
                        certificate(identity),
                        clientKeyExchange(),
                        certificateVerify(identity),
                        changeCipherSpec(),
                        finished());
        return conversation;
    }

    public static Conversation showsNothing(Conversation conversation) {
        conversation.client().sends(noCertificate(), clientKeyExchange(), changeCipherSpec(), finished());
        return conversation;
    }

    /** The handshake ends well, and the server knows this client; null: it knows that it does not. */
    public static void ends(Conversation conversation, TestIdentity known) {
        assertThat(conversation.server().connection().isEstablished()).isFalse();
        conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
        knows(conversation, known);
        conversation.exchangesData();
    }

    public static void knows(Conversation conversation, TestIdentity known) {
        assertThat(conversation.server().connection().info().peerCertificates())
                .isEqualTo(known == null ? java.util.List.of() : known.chain());
    }
}
