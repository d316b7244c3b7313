package dev.lockstep.conversations.suspend;

import static dev.lockstep.conversations.fixture.SessionFixture.finishesResumption;
import static dev.lockstep.conversations.fixture.SessionFixture.shortAnswer;
import static dev.lockstep.testkit.certificate.TestIdentity.RSA_2048;
import static dev.lockstep.testkit.client.ClientMessages.clientHello;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.fixture.Offering;
import dev.lockstep.conversations.fixture.SessionFixture;
import dev.lockstep.testkit.Conversation;
import dev.lockstep.testkit.Forms;
import dev.lockstep.testkit.answer.KeyScript;
import dev.lockstep.testkit.answer.RecordingKey;
import dev.lockstep.testkit.answer.ScriptedAnswers;
import dev.lockstep.testkit.answer.ScriptedAnswers.Form;
import dev.lockstep.testkit.client.ClientOptions;
import dev.lockstep.testkit.client.ClientSession;
import dev.lockstep.testkit.util.FakeClock;
import dev.lockstep.tls.StepResult;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.wait.SuspensionKind;
import dev.lockstep.tls.wait.Waker;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two waits in one handshake, the first of them for a session: the look-up or the ticket, then the choice of the
 * credential or the key's own operation, each ending in every way.
 */
class SessionWaitsTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);

    /** How the wait for the session ends, none of which finds one. */
    enum First {
        FINDS_NOTHING,
        FAILS,
        TIMES_OUT
    }

    /** What is waited for next. */
    enum Second {
        CREDENTIAL_SELECTION,
        SIGN,
        DECRYPT;

        CipherSuite suite() {
            return this == DECRYPT
                    ? CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256
                    : CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
        }
    }

    /** How that ends. */
    enum Ending {
        ANSWERS,
        FAILS,
        TIMES_OUT,
        CANCELLED
    }

    private final SessionFixture sessions = new SessionFixture();
    private final FakeClock clock = new FakeClock();
    private final RecordingKey key = new RecordingKey(RSA_2048);
    private final ScriptedAnswers<List<Credential>> choice = new ScriptedAnswers<>();

    private TlsServerConfig config(Second second) {
        TlsServerConfigBuilder builder = sessions.builder(key.credential())
                .clock(clock)
                .keyOperationTimeout(LIMIT)
                .handshakeTimeout(Duration.ZERO);
        if (second == Second.CREDENTIAL_SELECTION) {
            builder.credentialSelector((request, waker) -> choice.start(() -> List.of(key.credential()), waker));
        }
        return builder.build();
    }

    static Stream<Arguments> pairs() {
        return Stream.of(Offering.values()).flatMap(by -> Stream.of(First.values())
                .flatMap(first -> Stream.of(Second.values()).flatMap(second -> Stream.of(Ending.values())
                        .map(ending -> Arguments.of(by, first, second, ending)))));
    }

    @ParameterizedTest(name = "{0} {1}, then {2} {3}")
    @MethodSource("pairs")
    void theWaitForASessionAndTheNextOneEachEndInTheirOwnWay(Offering by, First first, Second second, Ending ending) {
        boolean fails = ending == Ending.FAILS;
        key.answers(fails ? KeyScript.manual().thenFails(ScriptedAnswers.fault()) : KeyScript.manual());
        choice.answers(fails ? Form.RESUME_FAILS_LATER : Form.MANUAL);
        sessions.answers(first == First.FAILS ? Form.RESUME_FAILS_LATER : Form.MANUAL);
        Conversation conversation = Conversation.of(
                config(second), by.offeringUnknown(ClientOptions.offering(second.suite())), Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(by.kind());
        ScriptedAnswers<?> search = by.answers(sessions);
        Waker stale = search.waker();
        switch (first) {
            case FINDS_NOTHING -> sessions.complete();
            case FAILS -> conversation.server().steps();
            case TIMES_OUT -> clock.advance(LIMIT);
        }

        reaches(conversation, second);
        int resumes = search.resumes();
        stale.wake(); // a wake of one kind does not complete another
        if (!(fails && second == Second.CREDENTIAL_SELECTION)) {
            assertThat(conversation.server().steps()).isEqualTo(StepResult.ASYNC_IN_PROGRESS);
        }
        ends(conversation, second, ending);

        assertThat(search.starts()).as("searches for the session").isEqualTo(1);
        assertThat(search.resumes()).as("the search is not asked again").isEqualTo(resumes);
        assertThat(search.cancels()).isEqualTo(first == First.TIMES_OUT ? 1 : 0);
        assertThat(choice.starts()).isEqualTo(second == Second.CREDENTIAL_SELECTION ? 1 : 0);
        search.assertDisciplined();
        choice.assertDisciplined();
        key.assertDisciplined();
    }

    private static void reaches(Conversation conversation, Second second) {
        if (second == Second.DECRYPT) {
            conversation.server().answers(Conversation.rsaAnswer());
            conversation.secondFlight();
        }
        conversation.server().suspendsFor(SuspensionKind.valueOf(second.name()));
    }

    private void ends(Conversation conversation, Second second, Ending ending) {
        switch (ending) {
            case ANSWERS -> completes(conversation, second);
            case CANCELLED -> {
                conversation.client().takeSeen();
                conversation.server().closes();
                conversation.server().hasCancelled();
                conversation.server().isDead();
            }
            case FAILS, TIMES_OUT -> {
                if (ending == Ending.TIMES_OUT) {
                    clock.advance(LIMIT);
                } else if (second != Second.CREDENTIAL_SELECTION) {
                    key.operation().complete();
                }
                conversation.server().settle();
                // a decryption that failed is told like a wrong Finished
                AlertDescription alert =
                        second == Second.DECRYPT ? AlertDescription.BAD_RECORD_MAC : AlertDescription.INTERNAL_ERROR;
                assertThat(conversation.server().failure().alert()).isEqualTo(alert);
                conversation.client().takeSeen();
                conversation.server().isDead();
            }
        }
        assertThat(key.starts()).isEqualTo(second == Second.CREDENTIAL_SELECTION && ending != Ending.ANSWERS ? 0 : 1);
    }

    private void completes(Conversation conversation, Second second) {
        if (second == Second.CREDENTIAL_SELECTION) {
            choice.complete();
            conversation.server().suspendsFor(SuspensionKind.SIGN);
        }
        key.operation().complete();
        if (second != Second.DECRYPT) {
            conversation.server().answers(Conversation.fullAnswer());
            conversation.secondFlight();
        }
        conversation.server().settle();
        assertThat(conversation.client().isFinished()).isTrue();
        conversation.client().takeSeen();
        conversation.exchangesData();
    }

    /** "Credential selection comes after resumption is ruled out": with a session nothing else is waited for. */
    @ParameterizedTest
    @EnumSource(Offering.class)
    void aSessionThatIsFoundIsTheOnlyWait(Offering by) {
        TlsServerConfig plain = sessions.builder(key.credential()).build();
        ClientSession session = by.session(plain, ClientOptions.offering(Second.SIGN.suite()));
        int before = key.starts();
        key.answers(KeyScript.never());
        choice.answers(Form.MANUAL);
        sessions.answers(Form.MANUAL);
        Conversation conversation = Conversation.of(
                config(Second.CREDENTIAL_SELECTION),
                by.offering(ClientOptions.offering(Second.SIGN.suite()), session),
                Forms.PLAIN);
        conversation.client().sends(clientHello());
        conversation.server().suspendsFor(by.kind());
        sessions.complete();
        conversation.server().answers(shortAnswer());
        finishesResumption(conversation);
        assertThat(key.starts()).as("key operations").isEqualTo(before);
        assertThat(choice.starts()).as("choices of a credential").isZero();
    }
}
