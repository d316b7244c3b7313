package dev.lockstep.conversations.psk;

import static dev.lockstep.testkit.TestServers.builder;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.clientKeyExchange;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.FailingRandom;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyForm;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.RecordingPsk;
import dev.lockstep.testkit.certificate.TestIdentity;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.util.Bytes;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.Bounds;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import dev.lockstep.tls.wait.SuspensionKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client does not learn from a server which identities it knows, nor that its source of keys is ill: RFC 4279 section 2 lets it
 * "continue the protocol as if the PSK identity existed but the key was incorrect".
 */
class PskMaskingTest {

    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final byte[] STRANGER = {'n', 'o', 'b', 'o', 'd', 'y'};
    private static final byte[] WRONG_KEY = new byte[32];

    /** Why a client's key is not the one the server continues with. */
    enum Trouble {
        WRONG_KEY,
        UNKNOWN_IDENTITY,
        EMPTY_KEY,
        KEY_TOO_LONG,
        FAILED,
        EXCEPTION,
        NULL,
        DEADLINE,
        START_FAILED,
        START_THROWS,
        START_THROWS_ERROR,
        START_NULL,
        REJECTED_EXECUTION,
        FALL_THROUGH;

        private static final EnumSet<Trouble> OF_START = EnumSet.range(START_FAILED, FALL_THROUGH);

        boolean canCome(Forms forms) {
            return forms.key().suspends() ? !OF_START.contains(this) : this != DEADLINE;
        }

        KeyScript script(Forms forms, FakeClock clock) {
            IllegalStateException fault = new IllegalStateException("the directory is down");
            return switch (this) {
                case WRONG_KEY, UNKNOWN_IDENTITY -> forms.script();
                case EMPTY_KEY -> forms.script().changed(key -> new byte[0]);
                case KEY_TOO_LONG -> forms.script().changed(key -> new byte[0x10000]);
                case FAILED -> forms.script().thenFails(fault);
                case EXCEPTION -> forms.script().thenThrows(fault);
                case NULL -> forms.script().thenReturnsNull();
                case START_FAILED -> KeyScript.startFails(fault);
                case START_THROWS -> KeyScript.startThrows(fault);
                case START_THROWS_ERROR -> KeyScript.startThrowsError(new NoClassDefFoundError("driver"));
                case START_NULL -> KeyScript.startReturnsNull();
                case REJECTED_EXECUTION -> KeyScript.startThrows(new RejectedExecutionException("queue full"));
                case FALL_THROUGH -> KeyScript.fallThrough();
                case DEADLINE -> {
                    AtomicInteger polls = new AtomicInteger(forms.key() == KeyForm.AFTER_ONE_RESUME ? 1 : 2);
                    yield KeyScript.never().afterEmptyPoll(() -> {
                        if (polls.decrementAndGet() == 0) {
                            clock.advance(LIMIT);
                        }
                    });
                }
            };
        }

        boolean isToldToTheObserver() {
            return this != WRONG_KEY;
        }
    }

    /** Everything that a client, or an eavesdropper, can see. */
    private record Observation(List<StepResult> results, List<String> records, AlertDescription alert, int bytes) {}

    static Stream<Arguments> exchangesWithForms() {
        List<Forms> forms = Forms.all()
                .filter(form -> form.key() != KeyForm.OTHER_THREAD) // whose number of steps is not the same twice
                .toList();
        return PskConversationTest.oneOfEachKind().stream()
                .flatMap(suite -> forms.stream().map(form -> Arguments.of(suite, form)));
    }

    private static TlsServerConfigBuilder server(RecordingPsk psk, RecordingKey key, FakeClock clock) {
        return builder(key.credential())
                .preSharedKeys(psk)
                .clock(clock)
                .keyOperationTimeout(LIMIT)
                .handshakeTimeout(Duration.ZERO);
    }

    private static ClientOptions client(CipherSuite suite, byte[] identity, byte[] key) {
        return ClientOptions.offering(suite)
                .groups(NamedGroup.SECP256R1, NamedGroup.FFDHE2048)
                .psk(identity, key);
    }

    private static Observation observe(CipherSuite suite, Trouble trouble, Forms forms) {
        FakeClock clock = new FakeClock();
        RecordingPsk psk = new RecordingPsk().answers(trouble.script(forms, clock));
        RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).answers(forms.script());
        // as long as the right one's, so that the records of the client are too
        byte[] identity = trouble == Trouble.UNKNOWN_IDENTITY ? STRANGER : ClientOptions.PSK_IDENTITY;
        assertThat(STRANGER).hasSameSizeAs(ClientOptions.PSK_IDENTITY);
        List<Throwable> causes = new ArrayList<>();
        ConnectionObserver observer = new ConnectionObserver() {
            @Override
            public void onOperationFailed(SuspensionKind kind, Throwable cause) {
                assertThat(kind).isEqualTo(SuspensionKind.PSK_LOOKUP);
                causes.add(cause);
            }
        };
        Conversation conversation = Conversation.of(
                server(psk, key, clock).observer(observer).build(), client(suite, identity, WRONG_KEY), forms);
        conversation.clientHelloAndAnswer();
        conversation.client().sends(clientKeyExchange(), changeCipherSpec());
        conversation.server().answers();
        assertThat(causes).as("told before Finished was judged").isEmpty();
        conversation.client().sends(finished());
        conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
        assertThat(causes).hasSize(trouble.isToldToTheObserver() ? 1 : 0);
        if (trouble == Trouble.UNKNOWN_IDENTITY) {
            assertThat(causes.get(0)).isInstanceOfSatisfying(OperationException.class, e -> assertThat(e.reason())
                    .isEqualTo(Reason.KEY_UNAVAILABLE));
        }
        assertThat(psk.operation().cancels()).isEqualTo(trouble == Trouble.DEADLINE ? 1 : 0);
        psk.assertDisciplined();
        key.assertDisciplined();
        return new Observation(
                conversation.server().results(),
                conversation.server().recordsSent(),
                conversation.server().failure().alert(),
                conversation.server().bytesSent().length);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("exchangesWithForms")
    void everyTroubleLooksLikeAWrongKey(CipherSuite suite, Forms forms) {
        Observation expected = observe(suite, Trouble.WRONG_KEY, forms);
        for (Trouble trouble : Trouble.values()) {
            if (trouble.canCome(forms)) {
                assertThat(observe(suite, trouble, forms)).as(trouble.name()).isEqualTo(expected);
            }
        }
    }

    /** A client that hopes that a missing key is nothing, zeros or the identity itself is refused as well. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("exchangesWithForms")
    void noKeyCanBeGuessedWhereThereIsNone(CipherSuite suite, Forms forms) {
        for (Trouble trouble : List.of(Trouble.UNKNOWN_IDENTITY, Trouble.EMPTY_KEY, Trouble.FAILED)) {
            for (byte[] guess : new byte[][] {new byte[0], new byte[32], STRANGER, ClientOptions.PSK}) {
                FakeClock clock = new FakeClock();
                RecordingPsk psk = new RecordingPsk().answers(trouble.script(forms, clock));
                RecordingKey key = new RecordingKey(TestIdentity.RSA_2048).answers(forms.script());
                byte[] identity = trouble == Trouble.UNKNOWN_IDENTITY ? STRANGER : ClientOptions.PSK_IDENTITY;
                Conversation conversation =
                        Conversation.of(server(psk, key, clock).build(), client(suite, identity, guess), forms);
                conversation.clientHelloAndAnswer();
                conversation.secondFlight();
                conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
            }
        }
    }

    /** A stand-in of any length that a source may ask for, sensible or not. */
    @ParameterizedTest
    @MethodSource("dev.lockstep.conversations.psk.PskConversationTest#oneOfEachKind")
    void theStandInHasTheLengthThatTheSourceNames(CipherSuite suite) {
        for (int length : new int[] {-1, 0, 1, 16, 64, 65535, 65536}) {
            Conversation conversation = Conversation.of(
                    server(
                                    new RecordingPsk().standInLength(length),
                                    new RecordingKey(TestIdentity.RSA_2048),
                                    new FakeClock())
                            .build(),
                    client(suite, STRANGER, WRONG_KEY),
                    Forms.PLAIN);
            conversation.clientHelloAndAnswer();
            conversation.secondFlight();
            conversation.server().refuses(AlertDescription.BAD_RECORD_MAC);
        }
    }

    /** No random key, no handshake: an empty one in its place would be as good as the right one, for every identity. */
    @ParameterizedTest
    @MethodSource("dev.lockstep.conversations.psk.PskConversationTest#oneOfEachKind")
    void whereNoStandInCanBeDrawnNoKeyIsRightEither(CipherSuite suite) {
        for (boolean random : new boolean[] {true, false}) {
            for (byte[] guess : new byte[][] {new byte[0], new byte[32], ClientOptions.PSK}) {
                FailingRandom source = new FailingRandom();
                RecordingPsk psk = new RecordingPsk();
                if (!random) {
                    psk.standInLength(() -> {
                        throw new IllegalStateException("the directory is down");
                    });
                }
                RecordingKey key = new RecordingKey(TestIdentity.RSA_2048);
                Conversation conversation = Conversation.of(
                        server(psk, key, new FakeClock()).random(source).build(),
                        client(suite, ClientOptions.PSK_IDENTITY, guess),
                        Forms.PLAIN);
                conversation.clientHelloAndAnswer();
                if (random) {
                    source.fail();
                }
                conversation.secondFlight();
                conversation.server().refuses(AlertDescription.INTERNAL_ERROR);
                assertThat(psk.requests()).isEmpty();
            }
        }
    }

    /**
     * The length of an identity is on the wire; one beyond the bound is refused before it is looked up, the longest by its
     * header: they meet limits of the server, and are no errors of encoding.
     */
    @ParameterizedTest
    @MethodSource("dev.lockstep.conversations.psk.PskConversationTest#oneOfEachKind")
    void anIdentityBeyondTheBoundIsNotLookedUp(CipherSuite suite) {
        for (int length : new int[] {128, 129, 65535}) {
            RecordingPsk psk = new RecordingPsk().knows(new byte[length], ClientOptions.PSK);
            Conversation conversation = Conversation.of(
                    server(psk, new RecordingKey(TestIdentity.RSA_2048), new FakeClock())
                            .bounds(Bounds.DEFAULT.withMaxPskIdentity(128))
                            .build(),
                    client(suite, new byte[length], ClientOptions.PSK),
                    Forms.PLAIN);
            if (length <= 128) {
                conversation.completes();
                continue;
            }
            conversation.client().sends(clientHello());
            conversation.server().settle();
            conversation.client().takeSeen();
            conversation.client().sends(clientKeyExchange());
            conversation
                    .server()
                    .refuses(length < 65535 ? AlertDescription.HANDSHAKE_FAILURE : AlertDescription.UNEXPECTED_MESSAGE);
            assertThat(psk.requests()).isEmpty();
        }
    }

    /** What is wrong with the rest of the message is reported immediately, whatever identity the client claims. */
    @ParameterizedTest
    @MethodSource("dev.lockstep.conversations.psk.PskConversationTest#oneOfEachKind")
    void aDefectiveMessageIsRefusedBeforeTheIdentityIsLookedUp(CipherSuite suite) {
        for (byte[] identity : new byte[][] {STRANGER, ClientOptions.PSK_IDENTITY}) {
            RecordingPsk psk = new RecordingPsk();
            Conversation conversation = Conversation.of(
                    server(psk, new RecordingKey(TestIdentity.RSA_2048), new FakeClock())
                            .build(),
                    client(suite, identity, ClientOptions.PSK),
                    Forms.PLAIN);
            conversation.clientHelloAndAnswer();
            conversation.client().sends(clientKeyExchange(body -> Bytes.concat(body, new byte[1])));
            conversation.server().refuses(AlertDescription.DECODE_ERROR);
            assertThat(psk.requests()).isEmpty();
        }
    }
}
