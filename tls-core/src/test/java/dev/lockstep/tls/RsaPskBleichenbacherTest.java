package dev.lockstep.tls;

import static dev.lockstep.tls.testkit.ClientMessages.changeCipherSpec;
import static dev.lockstep.tls.testkit.ClientMessages.clientHello;
import static dev.lockstep.tls.testkit.ClientMessages.finished;
import static dev.lockstep.tls.testkit.ClientMessages.rsaPskCiphertext;
import static dev.lockstep.tls.testkit.ClientMessages.rsaPskClientKeyExchange;
import static dev.lockstep.tls.testkit.Conversation.rsaAnswer;
import static dev.lockstep.tls.testkit.TestIdentity.RSA_2048;
import static dev.lockstep.tls.testkit.TestServers.builder;
import static dev.lockstep.tls.testkit.TestServers.local;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.GroupGBleichenbacherTest.Answer;
import dev.lockstep.tls.GroupGBleichenbacherTest.Premaster;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.testkit.ClientMessage;
import dev.lockstep.tls.testkit.ClientOptions;
import dev.lockstep.tls.testkit.Conversation;
import dev.lockstep.tls.testkit.FakeClock;
import dev.lockstep.tls.testkit.Forms;
import dev.lockstep.tls.testkit.RecordingKey;
import dev.lockstep.tls.testkit.RecordingKey.DecryptForm;
import dev.lockstep.tls.testkit.RecordingPsk;
import dev.lockstep.tls.testkit.Seen.Kind;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * RFC 4279 section 4: the notes on Bleichenbacher's attack and on the version in the premaster secret hold for RSA_PSK as
 * well. And behind the right pre-shared key or a wrong one, everything looks the same.
 */
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
        return GroupGBleichenbacherTest.forms();
    }

    private static Conversation helloExchanged(
            RecordingKey key, Claim claim, Answer answer, Forms forms, FakeClock clock) {
        Credential credential = answer == Answer.LOCAL_KEY ? local(RSA_2048) : key.credential();
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

    private static Observation observe(Claim claim, ClientMessage clientKeyExchange, Answer answer, Forms forms) {
        FakeClock clock = new FakeClock();
        RecordingKey key = new RecordingKey(RSA_2048)
                .decrypts(answer.script(forms, clock))
                .decryptForm(answer == Answer.UNPADDED ? DecryptForm.UNPADDED : DecryptForm.RAW_BLOCK);
        Conversation conversation = helloExchanged(key, claim, answer, forms, clock);
        conversation.client().sends(clientKeyExchange, changeCipherSpec(), finished());
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
        if (answer != Answer.LOCAL_KEY) {
            assertThat(key.operation().cancels()).isEqualTo(answer == Answer.DEADLINE ? 1 : 0);
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
                rsaPskClientKeyExchange(Premaster.WELL_FORMED.block(), Premaster.WELL_FORMED.secretInIt()),
                Answer.RAW_BLOCK,
                forms);
    }

    /** The whole matrix once more, of a client that knows the pre-shared key and what stands in its block. */
    @ParameterizedTest
    @MethodSource("forms")
    void everyDefectLooksLikeAWrongPreSharedKey(Forms forms) {
        Observation expected = reference(forms);
        // a wrong key is an unknown identity's, as PskMaskingTest shows
        for (Claim claim : List.of(Claim.RIGHT_KEY, Claim.UNKNOWN_IDENTITY)) {
            for (Premaster premaster : Premaster.values()) {
                for (Answer answer : Answer.values()) {
                    boolean right = claim == Claim.RIGHT_KEY
                            && premaster == Premaster.WELL_FORMED
                            && EnumSet.of(Answer.UNPADDED, Answer.RAW_BLOCK, Answer.LOCAL_KEY)
                                    .contains(answer);
                    if (answer.canCome(forms) && !right) {
                        ClientMessage message = rsaPskClientKeyExchange(premaster.block(), premaster.secretInIt());
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
                for (Answer answer : List.of(Answer.UNPADDED, Answer.RAW_BLOCK, Answer.LOCAL_KEY)) {
                    if (answer.canCome(forms)) {
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
        for (Answer answer : List.of(Answer.UNPADDED, Answer.RAW_BLOCK, Answer.LOCAL_KEY)) {
            if (answer.canCome(forms)) {
                FakeClock clock = new FakeClock();
                RecordingKey key = new RecordingKey(RSA_2048)
                        .decrypts(answer.script(forms, clock))
                        .decryptForm(answer == Answer.UNPADDED ? DecryptForm.UNPADDED : DecryptForm.RAW_BLOCK);
                Conversation conversation = helloExchanged(key, Claim.RIGHT_KEY, answer, forms, clock);
                conversation
                        .client()
                        .sends(
                                rsaPskClientKeyExchange(
                                        Premaster.WELL_FORMED.block(), Premaster.WELL_FORMED.secretInIt()),
                                changeCipherSpec(),
                                finished());
                conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
                conversation.exchangesData();
            }
        }
    }
}
