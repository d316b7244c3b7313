package dev.lockstep.tls.internal.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.internal.handshake.State.Kind;
import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.spec.ContentType;
import dev.lockstep.tls.wait.Start;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rules of the table itself; the walks over it are in TransitionWalkTest. */
class TransitionTableTest {

    private static final WireReader NOTHING = WireReader.of(new byte[0]);

    @Test
    void aRowMayLeadOnlyWhereItSays() {
        TransitionTable table = new TransitionTable()
                .branch(
                        State.SEND_CERTIFICATE,
                        Event.PROCEED,
                        (context, body) -> State.CONNECTED,
                        State.SIGN_SERVER_KEY_EXCHANGE,
                        State.SEND_SERVER_HELLO_DONE);
        TransitionTable.Row row = table.row(State.SEND_CERTIFICATE, Event.PROCEED);
        assertThat(row).isNotNull();
        assertThatIllegalStateException()
                .isThrownBy(() -> row.fire(context(), NOTHING))
                .withMessageContaining("SEND_CERTIFICATE")
                .withMessageContaining("CONNECTED");
    }

    @Test
    void aRowLeadsWhereItSays() {
        TransitionTable table = new TransitionTable()
                .on(State.SEND_CERTIFICATE, Event.PROCEED, (context, body) -> {}, State.SEND_SERVER_HELLO_DONE);
        assertThat(table.row(State.SEND_CERTIFICATE, Event.PROCEED).fire(context(), NOTHING))
                .isEqualTo(State.SEND_SERVER_HELLO_DONE);
    }

    @Test
    void aPairHasOneRow() {
        TransitionTable table =
                new TransitionTable().on(State.CONNECTED, Event.CLIENT_HELLO, (context, body) -> {}, State.CONNECTED);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> table.on(State.CONNECTED, Event.CLIENT_HELLO, (context, body) -> {}, State.CLOSED));
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
            case SEND -> assertThat(events).containsExactly(Event.PROCEED);
            case SUSPEND -> assertThat(events).containsExactly(Event.ANSWER);
            case READ, OPEN -> assertThat(events).isNotEmpty().doesNotContainAnyElementsOf(internal);
            case END -> assertThat(events).isEmpty();
        }
        if (state.kind() != Kind.SUSPEND) {
            assertThat(ContentType.values()).noneMatch(type -> ServerHandshake.TABLE.holds(state, type));
        }
    }

    @Test
    void everyStateCanBeReached() {
        Set<State> reached = new HashSet<>(Set.of(State.AWAIT_CLIENT_HELLO));
        boolean grew = true;
        while (grew) {
            grew = false;
            for (TransitionTable.Row row : ServerHandshake.TABLE.rows()) {
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
        List<TransitionTable.Row> rows = ServerHandshake.TABLE.rows();
        long pairs = Arrays.stream(State.values())
                .mapToLong(state -> Arrays.stream(Event.values())
                        .filter(event -> ServerHandshake.TABLE.row(state, event) != null)
                        .count())
                .sum();
        assertThat(rows).hasSize((int) pairs).allSatisfy(row -> assertThat(row.successors())
                .isNotEmpty());
    }

    private static HandshakeContext context() {
        TlsServerConfig config = TlsServerConfig.builder()
                .preSharedKeys((request, waker) -> Start.fallThrough())
                .build();
        HandshakeOutput nowhere = null;
        return new HandshakeContext(config, nowhere, () -> {}, new Renegotiation(config));
    }
}
