package dev.lockstep.tls;

import static dev.lockstep.tls.testkit.ClientMessages.changeCipherSpec;
import static dev.lockstep.tls.testkit.ClientMessages.clientHello;
import static dev.lockstep.tls.testkit.ClientMessages.finished;
import static dev.lockstep.tls.testkit.ClientMessages.rsaClientKeyExchange;
import static dev.lockstep.tls.testkit.Conversation.rsaAnswer;
import static dev.lockstep.tls.testkit.TestIdentity.RSA_2048;
import static dev.lockstep.tls.testkit.TestServers.builder;
import static dev.lockstep.tls.testkit.TestServers.config;
import static dev.lockstep.tls.testkit.TestServers.decryptingClient;
import static dev.lockstep.tls.testkit.TestServers.local;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.testkit.Bytes;
import dev.lockstep.tls.testkit.ClientMessage;
import dev.lockstep.tls.testkit.ClientMessages;
import dev.lockstep.tls.testkit.Conversation;
import dev.lockstep.tls.testkit.FakeClock;
import dev.lockstep.tls.testkit.Forms;
import dev.lockstep.tls.testkit.InputForm;
import dev.lockstep.tls.testkit.KeyForm;
import dev.lockstep.tls.testkit.KeyScript;
import dev.lockstep.tls.testkit.RecordingKey;
import dev.lockstep.tls.testkit.RecordingKey.DecryptForm;
import dev.lockstep.tls.testkit.RsaBlocks;
import dev.lockstep.tls.testkit.SeededRandom;
import dev.lockstep.tls.testkit.Seen.Kind;
import dev.lockstep.tls.wait.SuspensionKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is wrong with a premaster secret, and however the key says it: the client sees one and the same thing. */
class GroupGBleichenbacherTest {

    private static final int MODULUS = 256;
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final int OFFERED_VERSION = 0x0304;
    private static final byte[] SECRET = secret(17);
    private static final byte[] ANOTHER_SECRET = secret(18);

    private static byte[] secret(long seed) {
        byte[] secret = new byte[48];
        new SeededRandom(seed).nextBytes(secret);
        secret[0] = OFFERED_VERSION >> 8;
        secret[1] = OFFERED_VERSION & 0xff;
        return secret;
    }

    /** What a client may encrypt. */
    enum Premaster {
        WELL_FORMED,
        CORRUPT,
        TOO_LONG,
        TOO_SHORT,
        EMPTY,
        WRONG_MAJOR_VERSION,
        WRONG_MINOR_VERSION,
        NEGOTIATED_VERSION_INSTEAD,
        WRONG_BLOCK_TYPE,
        WRONG_LEADING_BYTE,
        NO_ZERO,
        ZERO_AMONG_THE_FIRST_PADDING_BYTES,
        ALL_ZERO;

        byte[] block() {
            SeededRandom random = new SeededRandom(19);
            byte[] right = RsaBlocks.padded(SECRET, MODULUS, random);
            return switch (this) {
                case WELL_FORMED -> right;
                case CORRUPT -> {
                    random.nextBytes(right);
                    yield with(right, 0, 0x11);
                }
                case TOO_LONG -> RsaBlocks.padded(Bytes.concat(SECRET, new byte[1]), MODULUS, random);
                case TOO_SHORT -> RsaBlocks.padded(Arrays.copyOf(SECRET, 47), MODULUS, random);
                case EMPTY -> RsaBlocks.padded(new byte[0], MODULUS, random);
                case WRONG_MAJOR_VERSION -> RsaBlocks.padded(with(SECRET, 0, 2), MODULUS, random);
                case WRONG_MINOR_VERSION -> RsaBlocks.padded(with(SECRET, 1, 1), MODULUS, random);
                case NEGOTIATED_VERSION_INSTEAD -> RsaBlocks.padded(with(SECRET, 1, 3), MODULUS, random);
                case WRONG_BLOCK_TYPE -> with(right, 1, 1);
                case WRONG_LEADING_BYTE -> with(right, 0, 1);
                case NO_ZERO -> with(right, MODULUS - 49, 7);
                case ZERO_AMONG_THE_FIRST_PADDING_BYTES -> with(right, 5, 0);
                case ALL_ZERO -> new byte[MODULUS];
            };
        }

        /** What a client that hopes for a lenient server would go on with. */
        byte[] secretInIt() {
            return switch (this) {
                case WRONG_MAJOR_VERSION -> with(SECRET, 0, 2);
                case WRONG_MINOR_VERSION -> with(SECRET, 1, 1);
                case NEGOTIATED_VERSION_INSTEAD -> with(SECRET, 1, 3);
                case TOO_SHORT -> Arrays.copyOf(SECRET, 47);
                case EMPTY -> new byte[0];
                case ALL_ZERO -> new byte[48];
                default -> SECRET;
            };
        }

        private static byte[] with(byte[] bytes, int index, int value) {
            byte[] changed = bytes.clone();
            changed[index] = (byte) value;
            return changed;
        }
    }

    /** How the key's side may answer. */
    enum Answer {
        UNPADDED,
        RAW_BLOCK,
        EXCEPTION,
        FAILED,
        NULL,
        LENGTH_0,
        LENGTH_47,
        LENGTH_49,
        LENGTH_255,
        LENGTH_257,
        DEADLINE,
        START_FAILED,
        START_THROWS,
        REJECTED_EXECUTION,
        FALL_THROUGH,
        LOCAL_KEY;

        private static final EnumSet<Answer> OF_START =
                EnumSet.of(START_FAILED, START_THROWS, REJECTED_EXECUTION, FALL_THROUGH, LOCAL_KEY);

        /** Whether this answer can come in this form: a deadline needs a wait, a failing start has none. */
        boolean canCome(Forms forms) {
            return forms.key().suspends() ? !OF_START.contains(this) : this != DEADLINE;
        }

        KeyScript script(Forms forms, FakeClock clock) {
            IllegalStateException fault = new IllegalStateException("CKR_GENERAL_ERROR");
            return switch (this) {
                case UNPADDED, RAW_BLOCK, LOCAL_KEY -> forms.script();
                case EXCEPTION -> forms.script().thenThrows(fault);
                case FAILED -> forms.script().thenFails(fault);
                case NULL -> forms.script().thenReturnsNull();
                case LENGTH_0 -> forms.script().changed(value -> new byte[0]);
                case LENGTH_47 -> forms.script().changed(value -> Arrays.copyOf(SECRET, 47));
                case LENGTH_49 -> forms.script().changed(value -> Arrays.copyOf(SECRET, 49));
                case LENGTH_255 -> forms.script().changed(value -> Arrays.copyOf(value, 255));
                case LENGTH_257 -> forms.script().changed(value -> Arrays.copyOf(value, 257));
                case START_FAILED -> KeyScript.startFails(fault);
                case START_THROWS -> KeyScript.startThrows(fault);
                case REJECTED_EXECUTION -> KeyScript.startThrows(new RejectedExecutionException("queue full"));
                case FALL_THROUGH -> KeyScript.fallThrough();
                case DEADLINE -> {
                    // as many polls as the other answers take, and then the time is over
                    AtomicInteger polls = new AtomicInteger(forms.key() == KeyForm.AFTER_ONE_RESUME ? 1 : 2);
                    yield KeyScript.never().afterEmptyPoll(() -> {
                        if (polls.decrementAndGet() == 0) {
                            clock.advance(LIMIT);
                        }
                    });
                }
            };
        }
    }

    /** Everything that a client, or somebody who watches the network, can see. */
    private record Observation(List<StepResult> results, List<String> records, AlertDescription alert, int bytes) {}

    static Stream<Forms> forms() {
        return Stream.of(InputForm.values())
                .flatMap(input -> Stream.of(KeyForm.AT_ONCE, KeyForm.AFTER_ONE_RESUME, KeyForm.AFTER_TWO_RESUMES)
                        .map(key -> new Forms(input, key, Forms.PLAIN.buffers())));
    }

    /** The whole matrix: everything that can be wrong, with everything that a key can answer to it. */
    @ParameterizedTest
    @MethodSource("forms")
    void everyDefectLooksTheSame(Forms forms) {
        // RFC 5246 7.4.7.1-3, 7.4.7.1-4
        Observation expected = observe(Premaster.WELL_FORMED, Answer.RAW_BLOCK, forms, ANOTHER_SECRET);
        assertThat(expected.alert()).isEqualTo(AlertDescription.BAD_RECORD_MAC);
        for (Premaster premaster : Premaster.values()) {
            for (Answer answer : Answer.values()) {
                if (answer.canCome(forms)) {
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
        Observation expected = observe(Premaster.WELL_FORMED, Answer.RAW_BLOCK, forms, ANOTHER_SECRET);
        for (Premaster premaster : EnumSet.complementOf(EnumSet.of(Premaster.WELL_FORMED))) {
            for (Answer answer : List.of(Answer.UNPADDED, Answer.RAW_BLOCK, Answer.LOCAL_KEY)) {
                if (answer.canCome(forms)) {
                    assertThat(observe(premaster, answer, forms, premaster.secretInIt()))
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
        for (Answer answer : List.of(Answer.UNPADDED, Answer.RAW_BLOCK, Answer.LOCAL_KEY)) {
            if (answer.canCome(forms)) {
                Conversation conversation = helloExchanged(key(answer, forms, new FakeClock()), answer, forms);
                conversation.client().sends(clientKeyExchange(Premaster.WELL_FORMED, SECRET), changeCipherSpec());
                conversation.client().sends(finished());
                conversation.server().answers(Kind.CHANGE_CIPHER_SPEC, Kind.FINISHED);
                conversation.exchangesData();
            }
        }
    }

    private static ClientMessage clientKeyExchange(Premaster premaster, byte[] secret) {
        return rsaClientKeyExchange(premaster.block(), secret);
    }

    private static Observation observe(Premaster premaster, Answer answer, Forms forms, byte[] secret) {
        FakeClock clock = new FakeClock();
        RecordingKey key = key(answer, forms, clock);
        Conversation conversation = helloExchanged(key, answer, forms, clock);
        conversation.client().sends(clientKeyExchange(premaster, secret), changeCipherSpec(), finished());
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

    private static RecordingKey key(Answer answer, Forms forms, FakeClock clock) {
        return new RecordingKey(RSA_2048)
                .decrypts(answer.script(forms, clock))
                .decryptForm(answer == Answer.UNPADDED ? DecryptForm.UNPADDED : DecryptForm.RAW_BLOCK);
    }

    private static Conversation helloExchanged(RecordingKey key, Answer answer, Forms forms) {
        return helloExchanged(key, answer, forms, new FakeClock());
    }

    private static Conversation helloExchanged(RecordingKey key, Answer answer, Forms forms, FakeClock clock) {
        Credential credential = answer == Answer.LOCAL_KEY ? local(RSA_2048) : key.credential();
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
        conversation.client().sends(clientKeyExchange(Premaster.WELL_FORMED, SECRET), changeCipherSpec());
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
            for (Answer answer : List.of(Answer.UNPADDED, Answer.RAW_BLOCK, Answer.LOCAL_KEY)) {
                if (answer.canCome(forms)) {
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

    /** Whatever the key makes of the block it gets instead: nobody knows the premaster secret. */
    @ParameterizedTest
    @MethodSource("forms")
    void theAnswerToACiphertextOfTheWrongLengthIsDropped(Forms forms) {
        RecordingKey key = new RecordingKey(RSA_2048)
                .decrypts(forms.script().changed(value -> SECRET.clone()))
                .decryptForm(DecryptForm.UNPADDED);
        Conversation conversation = helloExchanged(key, Answer.UNPADDED, forms);
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
        for (Answer answer : List.of(Answer.UNPADDED, Answer.RAW_BLOCK, Answer.LOCAL_KEY)) {
            if (answer.canCome(forms)) {
                Observation expected = observe(Premaster.CORRUPT, Answer.RAW_BLOCK, forms, ANOTHER_SECRET);
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
