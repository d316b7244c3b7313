package dev.lockstep.conversations.session;

import static dev.lockstep.conversations.fixture.SessionFixture.finishesFullHandshake;
import static dev.lockstep.conversations.fixture.SessionFixture.finishesResumption;
import static dev.lockstep.conversations.fixture.SessionFixture.fullHandshake;
import static dev.lockstep.conversations.fixture.SessionFixture.shortAnswer;
import static dev.lockstep.testkit.TestServers.local;
import static dev.lockstep.testkit.certificate.TestIdentity.P256;
import static dev.lockstep.testkit.client.ClientMessages.applicationData;
import static dev.lockstep.testkit.client.ClientMessages.changeCipherSpec;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static dev.lockstep.testkit.client.ClientMessages.closeNotify;
import static dev.lockstep.testkit.client.ClientMessages.finished;
import static dev.lockstep.testkit.client.ClientMessages.renegotiatingClientHello;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.conversations.fixture.Failures;
import dev.lockstep.conversations.fixture.Offering;
import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.ScriptedAnswers;
import dev.lockstep.testkit.answer.ScriptedAnswers.Form;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.TlsException;
import dev.lockstep.tls.TlsServerConnection;
import dev.lockstep.tls.config.RenegotiationPolicy;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The wait for a session: however it ends, the handshake continues, with the session or without. */
class ResumptionWaitTest {

    private static final CipherSuite SUITE = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256;
    private static final Duration LIMIT = Duration.ofSeconds(2); // the SPI's own, shorter than the configuration's

    private final SessionFixture sessions = new SessionFixture();
    private final FakeClock clock = new FakeClock();
    private final List<Throwable> failures = new ArrayList<>();

    private TlsServerConfigBuilder builder() {
        return sessions.builder(local(P256))
                .clock(clock)
                .keyOperationTimeout(Duration.ofSeconds(30))
                .handshakeTimeout(Duration.ZERO)
                .observer(Failures.into(failures));
    }

    private static ClientOptions options() {
        return ClientOptions.offering(SUITE);
    }

    static Stream<Arguments> everyFailure() {
        return Stream.of(Offering.values())
                .flatMap(by -> Stream.of(Form.values()).filter(Form::fails).flatMap(form -> Forms.inputs()
                        .map(forms -> Arguments.of(by, form, forms))));
    }

    /** "Session and ticket failures are soft": the client notices nothing but the length of the handshake. */
    @ParameterizedTest
    @MethodSource("everyFailure")
    void aFailureIsAFullHandshake(Offering by, Form form, Forms forms) {
        TlsServerConfig config = builder().build();
        ClientSession session = by.session(config, options());
        sessions.answers(form);
        fullHandshake(Conversation.of(config, by.offering(options(), session), forms));
        assertThat(failures).as("told to the observer").hasSize(form == Form.FALL_THROUGH ? 0 : 1);
        assertThat(by.answers(sessions).starts()).isEqualTo(1);
        assertThat(by.answers(sessions).cancels()).isZero();
        by.answers(sessions).assertDisciplined();
    }

    private Conversation suspended(Offering by) {
        TlsServerConfig config = builder().build();
        ClientSession session = by.session(config, options());
        sessions.answers(Form.MANUAL);
        Conversation conversation = Conversation.of(config, by.offering(options(), session), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(by.kind());
        conversation.server().hasSent();
        return conversation;
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void anAnswerThatDoesNotComeInTimeIsAFullHandshake(Offering by) {
        Conversation conversation = suspended(by);
        clock.advance(LIMIT.minusNanos(1));
        assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        clock.advance(Duration.ofNanos(1));
        conversation.server().settle();
        finishesFullHandshake(conversation);
        assertThat(by.answers(sessions).cancels()).isEqualTo(1);
        assertThat(failures).singleElement().isInstanceOfSatisfying(OperationException.class, failure -> assertThat(
                        failure.reason())
                .isEqualTo(Reason.TIMED_OUT));
        by.answers(sessions).assertDisciplined();
    }

    static Stream<Arguments> brokenLimits() {
        RuntimeException fault = new IllegalStateException("the store has no configuration");
        Supplier<Duration> none = () -> null;
        Supplier<Duration> negative = () -> Duration.ofNanos(-1);
        Supplier<Duration> throwing = () -> {
            throw fault;
        };
        return Stream.of(Offering.values())
                .flatMap(by -> Stream.of(none, negative, throwing).map(limit -> Arguments.of(by, limit)));
    }

    /** A time limit that is none is a failure like any other: the client notices nothing but a full handshake. */
    @ParameterizedTest
    @MethodSource("brokenLimits")
    void aTimeLimitThatIsNoneIsAFullHandshake(Offering by, Supplier<Duration> limit) {
        TlsServerConfig config = builder().build();
        ClientSession session = by.session(config, options());
        sessions.limit(limit);
        fullHandshake(Conversation.of(config, by.offering(options(), session), Forms.PLAIN));
        assertThat(failures).as("told to the observer").hasSize(1);
        assertThat(by.answers(sessions).starts()).isZero();
    }

    /** As in the configuration; its own limit holds then. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void aTimeLimitOfZeroIsNoLimitOfItsOwn(Offering by) {
        sessions.limit(() -> Duration.ZERO);
        Conversation conversation = suspended(by);
        clock.advance(Duration.ofSeconds(30).minusNanos(1));
        sessions.complete();
        conversation.server().answers(shortAnswer());
        finishesResumption(conversation);
    }

    /** A store that takes its time in start: the session that it then returns is destroyed as any late one. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void aSessionThatStartReturnsTooLateIsDestroyed(Offering by) {
        TlsServerConfig config = builder().build();
        ClientSession session = by.session(config, options());
        by.answers(sessions).beforeStart(() -> clock.advance(LIMIT));
        fullHandshake(Conversation.of(config, by.offering(options(), session), Forms.PLAIN));
        assertThat(failures).singleElement().isInstanceOfSatisfying(OperationException.class, failure -> assertThat(
                        failure.reason())
                .isEqualTo(Reason.TIMED_OUT));
        assertThat(sessions.given()).hasSize(1).allSatisfy(given -> assertThatIllegalStateException()
                .isThrownBy(given::masterSecret));
        by.answers(sessions).assertDisciplined();
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void anAnswerJustInTimeIsTaken(Offering by) {
        Conversation conversation = suspended(by);
        clock.advance(LIMIT.minusNanos(1));
        sessions.complete();
        conversation.server().answers(shortAnswer());
        finishesResumption(conversation);
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void stepsMeanwhileChangeNothing(Offering by) {
        Conversation conversation = suspended(by);
        for (int i = 0; i < 5; i++) {
            assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        }
        sessions.complete();
        assertThat(conversation.server().wakeUps()).isEqualTo(1);
        conversation.server().answers(shortAnswer());
        finishesResumption(conversation);
        assertThat(by.answers(sessions).starts()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void closingCancelsOnce(Offering by) {
        Conversation conversation = suspended(by);
        conversation.server().closes();
        conversation.server().hasCancelled();
        assertThat(by.answers(sessions).cancels()).isEqualTo(1);
        sessions.complete(); // too late
        conversation.server().isDead();
        by.answers(sessions).assertDisciplined();
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void aClientThatLeavesCancelsOnce(Offering by) {
        Conversation conversation = suspended(by);
        conversation.client().sends(closeNotify());
        assertThat(conversation.server().stepsOnce()).isEqualTo(StepResult.CLOSED);
        assertThat(by.answers(sessions).cancels()).isEqualTo(1);
        by.answers(sessions).assertDisciplined();
    }

    // ---- later handshakes of a connection

    private Conversation renegotiating(Offering by, ClientOptions options) {
        TlsServerConfig config = builder()
                .renegotiation(
                        RenegotiationPolicy.ALLOWED.withMaxRenegotiations(3).withMinInterval(Duration.ZERO))
                .build();
        Conversation conversation =
                Conversation.of(config, by == Offering.BY_ID ? options : options.wantingTicket(), Forms.PLAIN);
        fullHandshake(conversation);
        by.offering(options, conversation.client().session());
        return conversation;
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void aRenegotiationResumesTheSession(Offering by) {
        for (Form form : List.of(Form.AT_ONCE, Form.AFTER_TWO_RESUMES)) {
            Conversation conversation = renegotiating(by, options());
            sessions.answers(form);
            conversation.client().sends(renegotiatingClientHello());
            conversation.server().answers(shortAnswer());
            assertThat(conversation.client().isResumed()).isTrue();
            conversation.client().sends(changeCipherSpec(), finished());
            conversation.server().answers();
            assertThat(conversation.server().connection().info().resumed()).isTrue();
            conversation.exchangesData();
            sessions.answers(Form.AT_ONCE);
        }
    }

    /** RFC 5246 6.2.1-4: what the client said under its old keys is read until it changes them. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void dataContinuesBeforeTheClientChangesItsKeys(Offering by) throws TlsException {
        Conversation conversation = renegotiating(by, options());
        conversation.client().sends(renegotiatingClientHello(), applicationData("meanwhile"));
        conversation.server().answers(shortAnswer());
        conversation.server().hasReceived("meanwhile");
        // the server has changed its keys and must hear the client's Finished before it says more
        ByteBuffer word = ByteBuffer.wrap("too early".getBytes(StandardCharsets.US_ASCII));
        TlsServerConnection tls = conversation.server().connection();
        assertThat(tls.write(word, ByteBuffer.allocate(TlsServerConnection.NETWORK_BUFFER_SIZE)))
                .isEqualTo(StepResult.NEED_INPUT);
        assertThat(word.remaining()).isEqualTo(9);
        conversation.client().sends(changeCipherSpec(), finished());
        conversation.server().answers();
        conversation.exchangesData();
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void aRenegotiationSuspendsForTheSession(Offering by) {
        Conversation conversation = renegotiating(by, options());
        sessions.answers(Form.MANUAL);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().suspendsFor(by.kind());
        sessions.complete();
        conversation.server().answers(shortAnswer());
        conversation.client().sends(changeCipherSpec(), finished());
        conversation.server().answers();
        conversation.exchangesData();
    }

    @ParameterizedTest
    @EnumSource(Offering.class)
    void aRenegotiationWhoseSessionIsNotFoundIsAFullOne(Offering by) {
        Conversation conversation = renegotiating(by, options());
        sessions.answers(Form.RESUME_FAILS_LATER);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().settle();
        finishesFullHandshake(conversation);
    }

    /** RFC 7366 3.1-1: an older session is no way down from encrypt-then-MAC in the middle of a connection. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void aRenegotiationDoesNotResumeItsWayDownFromEncryptThenMac(Offering by) {
        CipherSuite cbc = CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA;
        TlsServerConfig config = builder()
                .renegotiation(
                        RenegotiationPolicy.ALLOWED.withMaxRenegotiations(3).withMinInterval(Duration.ZERO))
                .build();
        ClientSession weaker = by.session(
                config, ClientOptions.offering(cbc).encryptThenMac(false).seed(5));
        ClientOptions options = ClientOptions.offering(cbc);
        Conversation conversation = Conversation.of(config, options, Forms.PLAIN);
        fullHandshake(conversation);
        by.offering(options.encryptThenMac(false), weaker);
        conversation.client().sends(renegotiatingClientHello());
        conversation.server().refuses(AlertDescription.HANDSHAKE_FAILURE);
    }

    /** Sessions of a store that answers from another thread, many at a time. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void answersOfTwoConnectionsAreNotMixedUp(Offering by) {
        TlsServerConfig config = builder().build();
        ClientSession first = by.session(config, options());
        ClientSession second = by.session(config, options().seed(77));
        assertThat(first.master()).isNotEqualTo(second.master());
        sessions.answers(Form.MANUAL);
        Conversation one = Conversation.of(config, by.offering(options(), first), Forms.PLAIN);
        Conversation two = Conversation.of(config, by.offering(options(), second), Forms.PLAIN);
        one.client().sends(clientHello());
        one.server().suspendsFor(by.kind());
        ScriptedAnswers<?> answers = by.answers(sessions);
        Runnable completesOne = answers.lastCompletion();
        two.client().sends(clientHello());
        two.server().suspendsFor(by.kind());
        answers.complete();
        two.server().answers(shortAnswer());
        assertThat(one.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        completesOne.run();
        one.server().answers(shortAnswer());
        finishesResumption(one);
        finishesResumption(two);
    }
}
