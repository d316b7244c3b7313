package dev.lockstep.conversations.hostile;

import static dev.lockstep.testkit.Conversation.rsaAnswer;
import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.config;
import static dev.lockstep.testkit.TestServers.decryptingClient;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.rsaClientKeyExchange;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.DecryptionAnswer;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingKey.DecryptForm;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientMessages;
import dev.lockstep.testkit.client.PremasterBlock;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.wait.SuspensionKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with a premaster secret, and however the key says it: the client sees one and the same thing. */
class BleichenbacherTest {

    private static final int MODULUS = 256;
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final int OFFERED_VERSION = 0x0304;
    private static final byte[] SECRET = PremasterBlock.secret(OFFERED_VERSION);
    private static final byte[] ANOTHER_SECRET = Bytes.flipped(SECRET, -1);

    /** Everything that a client or an observer of the network can see. */
    private record Observation(List<StepResult> results, List<String> records, AlertDescription alert, int bytes) {}

    static Stream<Forms> forms() {
        return Forms.polled();
    }

    /** The whole matrix: everything that can be wrong, with everything that a key can answer to it. */
    @ParameterizedTest
    @MethodSource("forms")
    void everyDefectLooksTheSame(Forms forms) {
        // RFC 5246 7.4.7.1-3, 7.4.7.1-4
        Observation expected = observe(PremasterBlock.WELL_FORMED, DecryptionAnswer.RAW_BLOCK, forms, ANOTHER_SECRET);
        assertThat(expected.alert()).isEqualTo(AlertDescription.BAD_RECORD_MAC);
        for (PremasterBlock premaster : PremasterBlock.values()) {
            for (DecryptionAnswer answer : DecryptionAnswer.values()) {
                if (answer.canCome(forms.key())) {
                    assertThat(observe(premaster, answer, forms, ANOTHER_SECRET))
                            .as("%s answered by %s", premaster, answer)
                            .isEqualTo(expected);
                }
            }
        }
    }

    /** A client that knows what stands in its defective block gains nothing by that. */
    @ParameterizedTest
    @MethodSource("forms")
    void noDefectiveBlockIsAccepted(Forms forms) {
        Observation expected = observe(PremasterBlock.WELL_FORMED, DecryptionAnswer.RAW_BLOCK, forms, ANOTHER_SECRET);
        for (PremasterBlock premaster : EnumSet.complementOf(EnumSet.of(PremasterBlock.WELL_FORMED))) {
            for (DecryptionAnswer answer :
                    List.of(DecryptionAnswer.UNPADDED, DecryptionAnswer.RAW_BLOCK, DecryptionAnswer.LOCAL_KEY)) {
                if (answer.canCome(forms.key())) {
                    assertThat(observe(premaster, answer, forms, premaster.secretInIt(OFFERED_VERSION)))
                            .as("%s answered by %s", premaster, answer)
                            .isEqualTo(expected);
                }
            }
        }
    }

    /** The control: what is right is accepted, and the version that counts is the one of ClientHello. */
    @ParameterizedTest
    @MethodSource("forms")
    void aWellFormedBlockWithTheVersionOfClientHelloIsAccepted(Forms forms) {
        // RFC 5246 7.4.7.1-2
        for (DecryptionAnswer answer :
                List.of(DecryptionAnswer.UNPADDED, DecryptionAnswer.RAW_BLOCK, DecryptionAnswer.LOCAL_KEY)) {
            if (answer.canCome(forms.key())) {
                Conversation conversation = helloExchanged(key(answer, forms, new FakeClock()), answer, forms);
                conversation.client().sends(clientKeyExchange(PremasterBlock.WELL_FORMED, SECRET), changeCipherSpec());
                conversation.client().sends(finished());
                conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
                conversation.exchangesData();
            }
        }
    }

    private static ClientMessage clientKeyExchange(PremasterBlock premaster, byte[] secret) {
        return rsaClientKeyExchange(premaster.block(OFFERED_VERSION, MODULUS), secret);
    }

    private static Observation observe(PremasterBlock premaster, DecryptionAnswer answer, Forms forms, byte[] secret) {
        FakeClock clock = new FakeClock();
        RecordingKey key = key(answer, forms, clock);
        Conversation conversation = helloExchanged(key, answer, forms, clock);
        conversation.client().sends(clientKeyExchange(premaster, secret), changeCipherSpec(), finished());
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
        if (answer != DecryptionAnswer.LOCAL_KEY) {
            assertThat(key.operation().cancels()).isEqualTo(answer == DecryptionAnswer.DEADLINE ? 1 : 0);
            key.assertDisciplined();
        }
        return new Observation(
                conversation.server().results(),
                conversation.server().recordsSent(),
                conversation.server().failure().alert(),
                conversation.server().bytesSent().length);
    }

    private static RecordingKey key(DecryptionAnswer answer, Forms forms, FakeClock clock) {
        return new RecordingKey(RSA_2048)
                .decrypts(answer.script(forms.key(), clock, LIMIT))
                .decryptForm(answer.form());
    }

    private static Conversation helloExchanged(RecordingKey key, DecryptionAnswer answer, Forms forms) {
        return helloExchanged(key, answer, forms, new FakeClock());
    }

    private static Conversation helloExchanged(
            RecordingKey key, DecryptionAnswer answer, Forms forms, FakeClock clock) {
        Credential credential = answer == DecryptionAnswer.LOCAL_KEY ? local(RSA_2048) : key.credential();
        TlsServerConfig config = builder(credential)
                .clock(clock)
                .keyOperationTimeout(LIMIT)
                .handshakeTimeout(Duration.ZERO)
                .build();
        Conversation conversation = Conversation.of(config, decryptingClient().version(OFFERED_VERSION), forms);
        conversation.client().sends(clientHello());
        conversation.server().answers(rsaAnswer());
        return conversation;
    }

    /** The local listener learns the cause; but not before the client's Finished has been judged. */
    @ParameterizedTest
    @MethodSource("forms")
    void theObserverLearnsTheCauseOnlyAfterFinished(Forms forms) {
        IllegalStateException fault = new IllegalStateException("CKR_GENERAL_ERROR");
        List<Throwable> causes = new ArrayList<>();
        ConnectionObserver observer = new ConnectionObserver() {
            @Override
            public void onOperationFailed(SuspensionKind kind, Throwable cause) {
                assertThat(kind).isEqualTo(SuspensionKind.DECRYPT);
                causes.add(cause);
            }
        };
        RecordingKey key = new RecordingKey(RSA_2048).decrypts(forms.script().thenFails(fault));
        TlsServerConfig config = builder(key.credential()).observer(observer).build();
        Conversation conversation = Conversation.of(config, decryptingClient(), forms);
        conversation.clientHelloAndAnswer();
        conversation.client().sends(clientKeyExchange(PremasterBlock.WELL_FORMED, SECRET), changeCipherSpec());
        conversation.server().answers();
        assertThat(causes).isEmpty();
        conversation.client().sends(finished());
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
        assertThat(causes).containsExactly(fault);
    }

    /** RFC 5246 7.4.7.1 allows no alert here either: the same steps, the same records, the same end. */
    @ParameterizedTest
    @MethodSource("forms")
    void aCiphertextOfTheWrongLengthIsMaskedToo(Forms forms) {
        // RFC 5246 7.4.7.1-3, 7.4.7.1-5
        for (int length : new int[] {1, MODULUS - 1, MODULUS + 1, 2 * MODULUS}) {
            for (DecryptionAnswer answer :
                    List.of(DecryptionAnswer.UNPADDED, DecryptionAnswer.RAW_BLOCK, DecryptionAnswer.LOCAL_KEY)) {
                if (answer.canCome(forms.key())) {
                    Conversation conversation = helloExchanged(key(answer, forms, new FakeClock()), answer, forms);
                    byte[] ciphertext = new byte[length];
                    Arrays.fill(ciphertext, (byte) 1);
                    conversation
                            .client()
                            .sends(
                                    ClientMessages.clientKeyExchange(Bytes.vector(2, ciphertext), ANOTHER_SECRET),
                                    changeCipherSpec(),
                                    finished());
                    conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
                }
            }
        }
    }

    /** Whatever the key makes of the block it gets instead: no one knows the premaster secret. */
    @ParameterizedTest
    @MethodSource("forms")
    void theAnswerToACiphertextOfTheWrongLengthIsDropped(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048)
                .decrypts(forms.script().changed(value -> SECRET.clone()))
                .decryptForm(DecryptForm.UNPADDED);
        Conversation conversation = helloExchanged(key, DecryptionAnswer.UNPADDED, forms);
        conversation
                .client()
                .sends(
                        ClientMessages.clientKeyExchange(Bytes.vector(2, new byte[MODULUS / 2]), SECRET),
                        changeCipherSpec(),
                        finished());
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
        assertThat(key.starts()).isEqualTo(1);
    }

    /** A number that is not below the modulus cannot be decrypted at all; it is masked like every other one. */
    @ParameterizedTest
    @MethodSource("forms")
    void aCiphertextAboveTheModulusIsMaskedToo(Forms forms) {
        byte[] above = new byte[MODULUS];
        Arrays.fill(above, (byte) 0xff);
        for (DecryptionAnswer answer :
                List.of(DecryptionAnswer.UNPADDED, DecryptionAnswer.RAW_BLOCK, DecryptionAnswer.LOCAL_KEY)) {
            if (answer.canCome(forms.key())) {
                Observation expected =
                        observe(PremasterBlock.CORRUPT, DecryptionAnswer.RAW_BLOCK, forms, ANOTHER_SECRET);
                Conversation conversation = helloExchanged(key(answer, forms, new FakeClock()), answer, forms);
                // the client derives keys as if it had sent something decent
                conversation
                        .client()
                        .sends(
                                ClientMessages.clientKeyExchange(Bytes.vector(2, above), ANOTHER_SECRET),
                                changeCipherSpec(),
                                finished());
                conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
                assertThat(conversation.server().results()).isEqualTo(expected.results());
            }
        }
    }
}
