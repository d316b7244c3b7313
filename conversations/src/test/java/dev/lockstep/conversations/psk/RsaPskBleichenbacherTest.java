package dev.lockstep.conversations.psk;

import static dev.lockstep.testkit.Conversation.rsaAnswer;
import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.rsaPskCiphertext;
import static dev.lockstep.testkit.client.ClientMessages.rsaPskClientKeyExchange;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.DecryptionAnswer;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.client.ClientMessage;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.PremasterBlock;
import dev.lockstep.testkit.client.Seen.Kind;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * RFC 4279 section 4: the notes on Bleichenbacher's attack and on the version in the premaster secret hold for RSA_PSK as
 * well. And behind the right pre-shared key or a wrong one, everything looks the same.
 */
@Tag("one-jdk")
class RsaPskBleichenbacherTest {

    private static final CipherSuite SUITE = CipherSuite.TLS_RSA_PSK_WITH_AES_128_GCM_SHA256;
    private static final int MODULUS = 256;
    private static final int OFFERED_VERSION = 0x0304;
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final byte[] STRANGER = {'n', 'o', 'b', 'o', 'd', 'y'};

    /** What the client has to do with the pre-shared key. */
    enum Claim {
        RIGHT_KEY,
        WRONG_KEY,
        UNKNOWN_IDENTITY;

        ClientOptions client() {
            return ClientOptions.offering(SUITE)
                    .version(OFFERED_VERSION)
                    .psk(
                            this == UNKNOWN_IDENTITY ? STRANGER : ClientOptions.PSK_IDENTITY,
                            this == RIGHT_KEY ? ClientOptions.PSK : new byte[32]);
        }
    }

    private record Observation(List<StepResult> results, List<String> records, AlertDescription alert, int bytes) {}

    static Stream<Forms> forms() {
        return Forms.polled();
    }

    private static Conversation helloExchanged(
            RecordingKey key, Claim claim, DecryptionAnswer answer, Forms forms, FakeClock clock) {
        Credential credential = answer == DecryptionAnswer.LOCAL_KEY ? local(RSA_2048) : key.credential();
        Conversation conversation = Conversation.of(
                builder(credential)
                        .preSharedKeys(new RecordingPsk().answers(forms.script()))
                        .clock(clock)
                        .keyOperationTimeout(LIMIT)
                        .handshakeTimeout(Duration.ZERO)
                        .build(),
                claim.client(),
                forms);
        conversation.client().sends(clientHello());
        conversation.server().answers(rsaAnswer());
        return conversation;
    }

    private static Observation observe(
            Claim claim, ClientMessage clientKeyExchange, DecryptionAnswer answer, Forms forms) {
        FakeClock clock = new FakeClock();
        RecordingKey key = new RecordingKey(RSA_2048)
                .decrypts(answer.script(forms.key(), clock, LIMIT))
                .decryptForm(answer.form());
        Conversation conversation = helloExchanged(key, claim, answer, forms, clock);
        conversation.client().sends(clientKeyExchange, changeCipherSpec(), finished());
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

    private static Observation reference(Forms forms) {
        return observe(
                Claim.WRONG_KEY,
                rsaPskClientKeyExchange(
                        PremasterBlock.WELL_FORMED.block(OFFERED_VERSION, MODULUS),
                        PremasterBlock.WELL_FORMED.secretInIt(OFFERED_VERSION)),
                DecryptionAnswer.RAW_BLOCK,
                forms);
    }

    /** The whole matrix once more, of a client that knows the pre-shared key and what stands in its block. */
    @ParameterizedTest
    @MethodSource("forms")
    void everyDefectLooksLikeAWrongPreSharedKey(Forms forms) {
        Observation expected = reference(forms);
        // a wrong key is an unknown identity's, as PskMaskingTest shows
        for (Claim claim : List.of(Claim.RIGHT_KEY, Claim.UNKNOWN_IDENTITY)) {
            for (PremasterBlock premaster : PremasterBlock.values()) {
                for (DecryptionAnswer answer : DecryptionAnswer.values()) {
                    boolean right = claim == Claim.RIGHT_KEY
                            && premaster == PremasterBlock.WELL_FORMED
                            && EnumSet.of(
                                            DecryptionAnswer.UNPADDED,
                                            DecryptionAnswer.RAW_BLOCK,
                                            DecryptionAnswer.LOCAL_KEY)
                                    .contains(answer);
                    if (answer.canCome(forms.key()) && !right) {
                        ClientMessage message = rsaPskClientKeyExchange(
                                premaster.block(OFFERED_VERSION, MODULUS), premaster.secretInIt(OFFERED_VERSION));
                        assertThat(observe(claim, message, answer, forms))
                                .as("%s, %s answered by %s", claim, premaster, answer)
                                .isEqualTo(expected);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void aCiphertextOfTheWrongLengthIsMaskedToo(Forms forms) {
        Observation expected = reference(forms);
        for (Claim claim : Claim.values()) {
            for (int length : new int[] {1, MODULUS - 1, MODULUS + 1, 2 * MODULUS}) {
                for (DecryptionAnswer answer :
                        List.of(DecryptionAnswer.UNPADDED, DecryptionAnswer.RAW_BLOCK, DecryptionAnswer.LOCAL_KEY)) {
                    if (answer.canCome(forms.key())) {
                        byte[] ciphertext = new byte[length];
                        Arrays.fill(ciphertext, (byte) 1);
                        Observation observed =
                                observe(claim, rsaPskCiphertext(ciphertext, new byte[48]), answer, forms);
                        if (length == MODULUS - 1 || length == MODULUS + 1) {
                            assertThat(observed.records()).isEqualTo(expected.records());
                        }
                        assertThat(observed.alert()).isEqualTo(expected.alert());
                        assertThat(observed.bytes()).isEqualTo(expected.bytes());
                    }
                }
            }
        }
    }

    /** The control: the version that counts is the one of ClientHello, and what is right is accepted. */
    @ParameterizedTest
    @MethodSource("forms")
    void aWellFormedBlockUnderTheRightKeyIsAccepted(Forms forms) {
        for (DecryptionAnswer answer :
                List.of(DecryptionAnswer.UNPADDED, DecryptionAnswer.RAW_BLOCK, DecryptionAnswer.LOCAL_KEY)) {
            if (answer.canCome(forms.key())) {
                FakeClock clock = new FakeClock();
                RecordingKey key = new RecordingKey(RSA_2048)
                        .decrypts(answer.script(forms.key(), clock, LIMIT))
                        .decryptForm(answer.form());
                Conversation conversation = helloExchanged(key, Claim.RIGHT_KEY, answer, forms, clock);
                conversation
                        .client()
                        .sends(
                                rsaPskClientKeyExchange(
                                        PremasterBlock.WELL_FORMED.block(OFFERED_VERSION, MODULUS),
                                        PremasterBlock.WELL_FORMED.secretInIt(OFFERED_VERSION)),
                                changeCipherSpec(),
                                finished());
                conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
                conversation.exchangesData();
            }
        }
    }
}
