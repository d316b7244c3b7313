package dev.lockstep.conversations.transcript;

import static dev.lockstep.testkit.client.ClientAuthMessages.certificate;
import static dev.lockstep.testkit.client.ClientAuthMessages.certificateVerify;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;

import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.explain.Transcript;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingVerifier;
import dev.lockstep.testkit.answer.ScriptedAnswers;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.tls.config.ClientAuthentication;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.List;

/**
 * The conversations that are written down byte by byte. Randomness, keys, clocks and signatures are fixed: ECDSA as in
 * RFC 6979, shares from a seed.
 */
enum Golden {
    FULL("full", "Full handshake, the signature made elsewhere") {
        @Override
        void run(Transcript transcript) {
            converse(
                    new SessionFixture().builder(slowKey()),
                    options(),
                    transcript,
                    clientKeyExchange(),
                    changeCipherSpec(),
                    finished());
        }
    },
    RESUMED("resumed", "Resumption by ticket") {
        @Override
        void run(Transcript transcript) {
            SessionFixture sessions = new SessionFixture();
            ClientSession session =
                    SessionFixture.byTicket(sessions.builder(slowKey()).build(), options());
            sessions.answers(ScriptedAnswers.Form.AFTER_ONE_RESUME);
            converse(
                    sessions.builder(slowKey()),
                    options().seed(7).resumingByTicket(session),
                    transcript,
                    changeCipherSpec(),
                    finished());
        }
    },
    CLIENT_CERTIFICATE("client-certificate", "Full handshake with a client certificate") {
        @Override
        void run(Transcript transcript) {
            RecordingVerifier verifier = new RecordingVerifier()
                    .answers(KeyScript.inProgress(1))
                    .acceptedIssuers(List.of(PemIdentity.CLIENT.chain().get(1).getSubjectX500Principal()));
            converse(
                    new SessionFixture()
                            .builder(slowKey())
                            .clientAuthentication(ClientAuthentication.required(verifier)),
                    options().wantingTicket(),
                    transcript,
                    certificate(PemIdentity.CLIENT.chain()),
                    clientKeyExchange(),
                    certificateVerify(SignatureScheme.ECDSA_SECP256R1_SHA256.code(), PemIdentity.CLIENT::signature),
                    changeCipherSpec(),
                    finished());
        }
    };

    private final String fileName;
    private final String title;

    Golden(String fileName, String title) {
        this.fileName = fileName;
        this.title = title;
    }

    String fileName() {
        return fileName;
    }

    String title() {
        return title;
    }

    abstract void run(Transcript transcript);

    /** Runs the conversation. */
    Transcript transcript() {
        Transcript transcript = new Transcript();
        run(transcript);
        return transcript;
    }

    /** A key that suspends once and signs the same way every time. */
    private static Credential slowKey() {
        return new RecordingKey(PemIdentity.SERVER.chain(), PemIdentity.SERVER.privateKey())
                .signer((request, message) -> PemIdentity.SERVER.signature(message))
                .signs(KeyScript.inProgress(1))
                .credential();
    }

    private static ClientOptions options() {
        return ClientOptions.offering(CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
                .groups(NamedGroup.X25519, NamedGroup.SECP256R1)
                .schemes(SignatureScheme.ECDSA_SECP256R1_SHA256)
                .encryptThenMac(false);
    }

    private static void converse(
            TlsServerConfigBuilder builder,
            ClientOptions options,
            Transcript transcript,
            ClientMessage... secondFlight) {
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
    }
}
