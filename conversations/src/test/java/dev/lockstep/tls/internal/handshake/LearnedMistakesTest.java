package dev.lockstep.tls.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.learning.Input;
import dev.lockstep.conversations.learning.Learned;
import dev.lockstep.conversations.learning.Setup;
import dev.lockstep.tls.spec.ContentType;
import dev.lockstep.tls.spec.KeyExchange;
import java.util.List;
import java.util.stream.Stream;
import net.automatalib.automaton.transducer.impl.CompactMealy;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that moves by a table with a mistake in it is not learned as the machine of the right one. */
@Isolated("every connection moves by the other table meanwhile")
class LearnedMistakesTest {

    private static final Setup PLAIN =
            new Setup(KeyExchange.ECDHE_ECDSA, false, Setup.Auth.NONE, Setup.Session.NONE, false);
    private static final Setup AGAIN =
            new Setup(KeyExchange.ECDHE_ECDSA, false, Setup.Auth.NONE, Setup.Session.NONE, true);
    private static final Setup ASKING =
            new Setup(KeyExchange.ECDHE_ECDSA, false, Setup.Auth.REQUIRED, Setup.Session.NONE, false);
    private static final Setup RESUMING =
            new Setup(KeyExchange.ECDHE_ECDSA, false, Setup.Auth.NONE, Setup.Session.ID, false);
    private static final Setup DECRYPTING =
            new Setup(KeyExchange.RSA, false, Setup.Auth.NONE, Setup.Session.NONE, false);

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("the client's Finished is not read", PLAIN, new BrokenTable().skips(State.READ_FINISHED)),
                Arguments.of("nor its proof", ASKING, new BrokenTable().skips(State.READ_CERTIFICATE_VERIFY)),
                Arguments.of("chains are not judged", ASKING, new BrokenTable().skips(State.AWAIT_VERDICT)),
                Arguments.of(
                        "a resumption ends early",
                        RESUMING,
                        new BrokenTable().leads(State.RESUME_READ_CHANGE_CIPHER, State.CONNECTED)),
                Arguments.of(
                        "data is taken early", AGAIN, new BrokenTable().dataWhenRenegotiating(State.READ_FINISHED)),
                Arguments.of(
                        "a failed decryption is told",
                        DECRYPTING,
                        new BrokenTable().fails(State.AWAIT_DECRYPTION, Question.OnFailure.INTERNAL_ERROR)),
                Arguments.of(
                        "messages wait for a signature",
                        PLAIN,
                        new BrokenTable().holds(ContentType.HANDSHAKE, State.AWAIT_SIGNATURE)),
                Arguments.of(
                        "Certificate may come again",
                        ASKING,
                        new BrokenTable()
                                .adds(
                                        State.READ_CLIENT_KEY_EXCHANGE,
                                        Event.CERTIFICATE,
                                        State.READ_CERTIFICATE,
                                        State.READ_CLIENT_KEY_EXCHANGE)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void aMistakeIsLearned(String what, Setup setup, BrokenTable broken) {
        CompactMealy<Input, String> right = TableMachine.of(setup).machine();
        TransitionTable wrong = broken.build();
        List<Row> rows = List.copyOf(ServerHandshake.TABLE.rows());
        try (LiveTable live = LiveTable.of(wrong)) {
            assertThat(live).isNotNull();
            String difference = Learned.of(setup, right, -1).difference(right);
            assertThat(difference).as(what).isNotNull();
        }
        assertThat(ServerHandshake.TABLE.rows()).isEqualTo(rows);
    }
}
