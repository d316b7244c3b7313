package dev.lockstep.tls.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tls.internal.handshake.Question.OnFailure;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every {@link Property} holds on every path of the table, and every mistake in it breaks the one that should see it. */
@Tag("one-jdk")
class TablePropertiesTest {

    @Test
    void everyPropertyHoldsOnEveryPath() {
        Paths paths = new Paths(ServerHandshake.TABLE, UnaryOperator.identity(), null);
        System.out.println("table: " + paths.points() + " points, " + paths.steps() + " steps");
        assertThat(paths.violations()).isEmpty();
        assertThat(paths.states()).isEqualTo(EnumSet.allOf(State.class));
        assertThat(paths.points()).isGreaterThan(1_000);
    }

    /** A call that was renamed would have no effect any more, and no property would see what it does. */
    @Test
    void everyEffectIsFoundInTheClasses() {
        assertThat(new Effects().all()).isEqualTo(EnumSet.allOf(Effect.class));
    }

    /** The two ends of a handshake, which the walk takes for granted. */
    @Test
    void bothEndsOfAHandshakeWipeIt() {
        assertThat(Effects.calls("ServerHandshake::fire")).contains("Handshake.complete", "Handshake.wipe");
        assertThat(Effects.calls("ServerHandshake::close")).contains("Handshake.wipe", "Wait.cancel");
        assertThat(Effects.calls("Handshake::wipe")).contains("KeyAgreement.wipe", "Handshake.dropEarlierSession");
        assertThat(Effects.calls("KeyAgreement::wipe")).contains("KeyShare.destroy", "Wipe.bytes", "MasterSecret.wipe");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenTables")
    void aMistakeBreaksThePropertyThatForbidsIt(String what, BrokenTable broken, Property expected) {
        Paths paths = new Paths(broken.build(), broken::origin, expected);
        assertThat(paths.violations()).as(what).containsKey(expected);
    }

    @Test
    void everyPropertyIsBrokenByATable() {
        Set<Property> broken = EnumSet.noneOf(Property.class);
        brokenTables().forEach(each -> broken.add((Property) each.get()[2]));
        assertThat(broken).isEqualTo(EnumSet.allOf(Property.class));
    }

    private static Arguments broken(String what, BrokenTable table, Property property) {
        return Arguments.of(what, table, property);
    }

    static Stream<Arguments> brokenTables() {
        return Stream.of(
                broken(
                        "the client's Finished is not waited for",
                        new BrokenTable().skips(State.READ_FINISHED),
                        Property.FINISHED_BEFORE_OPEN),
                broken(
                        "nor in a resumption",
                        new BrokenTable().leads(State.RESUME_READ_CHANGE_CIPHER, State.CONNECTED),
                        Property.FINISHED_BEFORE_OPEN),
                broken(
                        "Finished may come under the old keys",
                        new BrokenTable().skips(State.READ_CHANGE_CIPHER_SPEC),
                        Property.FINISHED_BEFORE_OPEN),
                broken(
                        "the server sends no Finished",
                        new BrokenTable().skips(State.SEND_FINISHED),
                        Property.FINISHED_BEFORE_OPEN),
                broken(
                        "the server's Finished is in the clear",
                        new BrokenTable().skips(State.RESUME_CHANGE_CIPHER_SPEC),
                        Property.FINISHED_BEFORE_OPEN),
                broken(
                        "no CertificateVerify is asked for",
                        new BrokenTable().skips(State.READ_CERTIFICATE_VERIFY),
                        Property.PROOF_BEFORE_USE),
                broken(
                        "nor judged is a chain",
                        new BrokenTable().leads(State.READ_CERTIFICATE, State.READ_CLIENT_KEY_EXCHANGE),
                        Property.PROOF_BEFORE_USE),
                broken(
                        "a ticket is given before the proof",
                        new BrokenTable()
                                .leads(State.DERIVE_KEYS, State.SEND_NEW_SESSION_TICKET)
                                .leads(State.SEND_NEW_SESSION_TICKET, State.READ_CERTIFICATE_VERIFY)
                                .leads(State.READ_FINISHED, State.SEND_CHANGE_CIPHER_SPEC),
                        Property.PROOF_BEFORE_USE),
                broken(
                        "data is taken in the clear",
                        new BrokenTable().data(State.READ_CHANGE_CIPHER_SPEC),
                        Property.DATA_AFTER_FINISHED),
                broken(
                        "data is taken before Finished",
                        new BrokenTable().dataWhenRenegotiating(State.READ_FINISHED),
                        Property.DATA_AFTER_FINISHED),
                broken(
                        "data is taken before the Finished of a resumption",
                        new BrokenTable().dataWhenRenegotiating(State.RESUME_READ_FINISHED),
                        Property.DATA_AFTER_FINISHED),
                broken(
                        "data is sent before the client's Finished",
                        new BrokenTable().sends(State.RESUME_READ_FINISHED),
                        Property.DATA_AFTER_FINISHED),
                broken(
                        "a message leaves one wait for the next",
                        new BrokenTable()
                                .adds(
                                        State.AWAIT_PSK,
                                        Event.CLIENT_KEY_EXCHANGE,
                                        State.READ_CHANGE_CIPHER_SPEC,
                                        State.AWAIT_DECRYPTION),
                        Property.ONE_WAIT),
                broken(
                        "a message leaves a wait",
                        new BrokenTable()
                                .adds(
                                        State.AWAIT_SIGNATURE,
                                        Event.CHANGE_CIPHER_SPEC,
                                        State.READ_CHANGE_CIPHER_SPEC,
                                        State.SEND_SERVER_KEY_EXCHANGE),
                        Property.WAITS_END),
                broken(
                        "a ticket is opened again and again",
                        new BrokenTable().leads(State.AWAIT_TICKET, State.AWAIT_TICKET, State.AWAIT_SESSION),
                        Property.WAITS_END),
                broken(
                        "the output ends before the handshake does",
                        new BrokenTable().leads(State.RESUME_READ_FINISHED, State.HALF_CLOSED),
                        Property.SECRETS_END),
                broken(
                        "a key share is made twice",
                        new BrokenTable().leads(State.SEND_SERVER_HELLO_DONE, State.MAKE_KEY_SHARE),
                        Property.SECRETS_END),
                broken("no keys are derived", new BrokenTable().skips(State.DERIVE_KEYS), Property.KEYS_ONCE),
                broken(
                        "keys are derived twice",
                        new BrokenTable().leads(State.READ_CERTIFICATE_VERIFY, State.DERIVE_KEYS),
                        Property.KEYS_ONCE),
                broken("keys are made of nothing", new BrokenTable().skips(State.AWAIT_DECRYPTION), Property.KEYS_ONCE),
                broken(
                        "keys are made without the pre-shared one",
                        new BrokenTable().skips(State.AWAIT_PSK),
                        Property.KEYS_ONCE),
                broken(
                        "a failed decryption leads elsewhere",
                        new BrokenTable().leads(State.AWAIT_DECRYPTION, State.DERIVE_KEYS, State.READ_FINISHED),
                        Property.MASKED_ALIKE),
                broken(
                        "a failed decryption is an alert",
                        new BrokenTable().fails(State.AWAIT_DECRYPTION, OnFailure.INTERNAL_ERROR),
                        Property.MASKED_ALIKE),
                broken(
                        "an unknown identity is an alert",
                        new BrokenTable().fails(State.AWAIT_PSK, OnFailure.INTERNAL_ERROR),
                        Property.MASKED_ALIKE),
                broken(
                        "the server's flight goes round",
                        new BrokenTable().leads(State.SEND_SERVER_HELLO_DONE, State.SEND_SERVER_KEY_EXCHANGE),
                        Property.PROGRESS),
                broken(
                        "nothing follows Finished",
                        new BrokenTable().leads(State.READ_FINISHED, State.CLOSED),
                        Property.PROGRESS));
    }
}
