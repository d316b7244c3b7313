package dev.lockstep.tls.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.State.Kind;
import dev.lockstep.tls.internal.handshake.phase.Handshake;
import dev.lockstep.tls.internal.handshake.phase.HandshakeOutput;
import dev.lockstep.tls.internal.handshake.phase.History;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.ContentType;
import dev.lockstep.tls.wait.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the table itself; the walks over it are in TransitionWalkTest. */
class TransitionTableTest {

    private static final Path SOURCES = Path.of("../tls-core/src/main/java/dev/lockstep/tls/internal/handshake");
    private static final WireReader NOTHING = WireReader.of(new byte[0]);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRowWithTwoNextStatesLeadsWhereItsActionDecides(boolean decision) {
        TransitionTable table = new TransitionTable()
                .read(
                        State.CONNECTED,
                        Event.CLIENT_HELLO,
                        (handshake, body) -> decision,
                        State.AWAIT_TICKET,
                        State.CONNECTED);
        assertThat(row(table, State.CONNECTED, Event.CLIENT_HELLO).run(handshake(), NOTHING))
                .isEqualTo(decision ? State.AWAIT_TICKET : State.CONNECTED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStateWhoseConditionDoesNotHoldIsPassedOver(boolean sentChain) {
        TransitionTable table = new TransitionTable()
                .act(State.AWAIT_VERDICT, handshake -> {}, State.READ_CLIENT_KEY_EXCHANGE)
                .when((dev.lockstep.tls.internal.handshake.phase.Client client) -> sentChain);
        assertThat(table.enter(State.AWAIT_VERDICT, handshake()))
                .isEqualTo(sentChain ? State.AWAIT_VERDICT : State.READ_CLIENT_KEY_EXCHANGE);
    }

    @Test
    void aPairHasOneRow() {
        TransitionTable table =
                new TransitionTable().on(State.CONNECTED, Event.RENEGOTIATE, handshake -> {}, State.CONNECTED);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> table.on(State.CONNECTED, Event.RENEGOTIATE, handshake -> {}, State.CLOSED));
    }

    /** A condition that holds ends the passing over, and one that does not leads to the state behind. */
    @Test
    void statesArePassedOverOneAfterTheOther() {
        TransitionTable table = new TransitionTable()
                .act(State.AWAIT_VERDICT, handshake -> {}, State.READ_CLIENT_KEY_EXCHANGE)
                .when((dev.lockstep.tls.internal.handshake.phase.Client client) -> false)
                .act(State.READ_CLIENT_KEY_EXCHANGE, handshake -> {}, State.AWAIT_PSK)
                .when((dev.lockstep.tls.internal.handshake.phase.Client client) -> false)
                .act(State.AWAIT_PSK, handshake -> {}, State.DERIVE_KEYS)
                .when((dev.lockstep.tls.internal.handshake.phase.Client client) -> true);
        assertThat(table.enter(State.AWAIT_VERDICT, handshake())).isEqualTo(State.AWAIT_PSK);
    }

    /** An established connection begins a handshake of its own: nothing leads from there into the one before. */
    @Test
    void whatLeadsToAStateIsEverythingBeforeItInItsHandshake() {
        TransitionTable table = new TransitionTable()
                .act(State.NEGOTIATE, handshake -> {}, State.SEND_SERVER_HELLO)
                .act(State.SEND_SERVER_HELLO, handshake -> {}, State.SEND_CERTIFICATE)
                .act(State.SEND_CERTIFICATE, handshake -> {}, State.CONNECTED)
                .on(State.CONNECTED, Event.RENEGOTIATE, handshake -> {}, State.NEGOTIATE);
        assertThat(table.leadingTo(State.SEND_CERTIFICATE))
                .containsExactlyInAnyOrder(State.NEGOTIATE, State.SEND_SERVER_HELLO, State.SEND_CERTIFICATE);
        assertThat(table.leadingTo(State.NEGOTIATE)).containsExactly(State.NEGOTIATE);
    }

    @Test
    void aSilentStateIsOneThatIsNamed() {
        TransitionTable table = new TransitionTable().silent(State.HALF_CLOSED);
        assertThat(table.isSilent(State.HALF_CLOSED)).isTrue();
        assertThat(table.isSilent(State.CONNECTED)).isFalse();
    }

    @Test
    void recordsMayWaitInNamedStatesAndDataInARenegotiation() {
        TransitionTable table =
                new TransitionTable().holds(Set.of(ContentType.HANDSHAKE), State.AWAIT_VERDICT, State.AWAIT_PSK);
        for (boolean later : new boolean[] {false, true}) {
            assertThat(table.holds(State.AWAIT_PSK, ContentType.HANDSHAKE, later))
                    .isTrue();
            assertThat(table.holds(State.AWAIT_PSK, ContentType.CHANGE_CIPHER_SPEC, later))
                    .isFalse();
            assertThat(table.holds(State.AWAIT_SIGNATURE, ContentType.HANDSHAKE, later))
                    .isFalse();
            assertThat(table.holds(State.AWAIT_SIGNATURE, ContentType.APPLICATION_DATA, later))
                    .isEqualTo(later);
            assertThat(table.holds(State.AWAIT_PSK, ContentType.APPLICATION_DATA, later))
                    .isEqualTo(later);
        }
    }

    @Test
    void onlyAStateThatAwaitsHasAQuestion() {
        assertThat(ServerHandshake.TABLE.question(State.AWAIT_PSK)).isSameAs(Waits.PSK);
        assertThatNullPointerException()
                .isThrownBy(() -> ServerHandshake.TABLE.question(State.CONNECTED))
                .withMessageContaining("CONNECTED awaits nothing");
    }

    /** What {@code step()} asks for follows from the kind of a state, so its rows must fit the kind. */
    @ParameterizedTest
    @EnumSource(State.class)
    void theRowsOfAStateFitItsKind(State state) {
        Set<Event> events = EnumSet.noneOf(Event.class);
        ServerHandshake.TABLE.rows().stream()
                .filter(row -> row.state() == state)
                .forEach(row -> events.add(row.event()));
        Set<Event> internal = EnumSet.of(Event.PROCEED, Event.ANSWER);
        switch (state.kind()) {
            case ACT -> assertThat(events).containsExactly(Event.PROCEED);
            case AWAIT -> assertThat(events).containsExactly(Event.ANSWER);
            case READ, OPEN -> assertThat(events).isNotEmpty().doesNotContainAnyElementsOf(internal);
            case END -> assertThat(events).isEmpty();
        }
        if (state.kind() != Kind.AWAIT) {
            assertThat(ContentType.values()).noneMatch(type -> ServerHandshake.TABLE.holds(state, type, false));
        }
    }

    /** A state's name begins with what it needs; states of the abbreviated handshake say so first. */
    @ParameterizedTest
    @EnumSource(State.class)
    void theNameOfAStateTellsItsKind(State state) {
        String name = state.name().replaceFirst("^RESUME_", "");
        assertThat(name.startsWith("READ_")).isEqualTo(state.kind() == Kind.READ);
        assertThat(name.startsWith("AWAIT_")).isEqualTo(state.kind() == Kind.AWAIT);
    }

    @Test
    void everyStateCanBeReached() {
        Set<State> reached = new HashSet<>(Set.of(State.READ_CLIENT_HELLO));
        boolean grew = true;
        while (grew) {
            grew = false;
            for (Row row : ServerHandshake.TABLE.rows()) {
                grew |= reached.contains(row.state()) && reached.addAll(row.successors());
            }
        }
        // CLOSED is entered from everywhere, without a row
        reached.add(State.CLOSED);
        assertThat(reached).containsExactlyInAnyOrder(State.values());
    }

    /** "Illegal means absent": the number of rows is the number of things that may happen. */
    @Test
    void theTableIsTheListOfItsRows() {
        List<Row> rows = ServerHandshake.TABLE.rows();
        long pairs = Arrays.stream(State.values())
                .mapToLong(state -> Arrays.stream(Event.values())
                        .filter(event -> ServerHandshake.TABLE.row(state, event) != null)
                        .count())
                .sum();
        assertThat(rows).hasSize((int) pairs);
        assertThat(rows.stream().filter(row -> row.successors().size() > 1)).hasSizeLessThanOrEqualTo(3);
    }

    /** The table is read as a whole, so it must fit a screen. */
    @Test
    void theTablesFitAScreen() throws IOException {
        List<String> table = between(
                Files.readAllLines(SOURCES.resolve("ServerHandshake.java")),
                "new TransitionTable()",
                "// @formatter:on");
        assertThat(table).hasSizeBetween(40, 50).allSatisfy(line -> assertThat(line)
                .hasSizeLessThanOrEqualTo(160));
        List<String> waits = between(Files.readAllLines(SOURCES.resolve("Waits.java")), "static {", "// @formatter:on");
        assertThat(waits).hasSizeBetween(8, 20).allSatisfy(line -> assertThat(line)
                .hasSizeLessThanOrEqualTo(160));
    }

    private static List<String> between(List<String> lines, String first, String last) {
        List<String> from =
                lines.stream().dropWhile(line -> !line.contains(first)).skip(1).toList();
        return from.stream().takeWhile(line -> !line.contains(last)).toList();
    }

    private static Row row(TransitionTable table, State state, Event event) {
        Row row = table.row(state, event);
        assertThat(row).isNotNull();
        return row;
    }

    private static Handshake handshake() {
        TlsServerConfig config = TlsServerConfig.builder()
                .preSharedKeys((request, waker) -> Start.fallThrough())
                .build();
        HandshakeOutput nowhere = null;
        return new Handshake(config, nowhere, new History(config));
    }
}
