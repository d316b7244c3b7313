package dev.lockstep.tls.internal.handshake;

import dev.lockstep.conversations.learning.Input;
import dev.lockstep.conversations.learning.Setup;
import dev.lockstep.testkit.client.Seen;
import dev.lockstep.tls.internal.handshake.Question.OnFailure;
import dev.lockstep.tls.internal.handshake.Scene.Deal;
import dev.lockstep.tls.internal.handshake.Scene.Offering;
import dev.lockstep.tls.internal.handshake.State.Kind;
import dev.lockstep.tls.spec.AlertDescription;
import dev.lockstep.tls.spec.ContentType;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One input to a connection that moves as a table says. What the table leaves to actions is here as rules: the content of
 * messages, the alerts, how a connection ends, which ClientHello begins another handshake.
 */
final class Turn {

    private static final int MAX_REFUSALS = 4;
    private static final Set<String> SEEN =
            Arrays.stream(Seen.Kind.values()).map(Enum::name).collect(Collectors.toSet());

    private final TransitionTable table;
    private final Worlds worlds;
    private final Setup setup;
    private final StringBuilder seen = new StringBuilder();
    private final StringBuilder data = new StringBuilder();
    private final Deque<Input> held;
    private State state;
    private Scene scene;
    private boolean later;
    private boolean masked;
    private boolean garbled;
    private boolean asked;
    private int begun;
    private int refused;

    Turn(TransitionTable table, Worlds worlds, Setup setup, Standing from) {
        this.table = table;
        this.worlds = worlds;
        this.setup = setup;
        state = from.state();
        scene = from.scene();
        later = from.later();
        masked = from.masked();
        garbled = from.garbled();
        asked = from.asked();
        begun = from.begun();
        refused = from.refused();
        held = new ArrayDeque<>(from.held());
    }

    /** Where the connection stands now. */
    Standing standing() {
        return state == State.CLOSED
                ? Standing.CLOSED
                : new Standing(state, scene, later, masked, garbled, asked, begun, refused, List.copyOf(held));
    }

    /** Lets it happen, and tells what the client and the application see of it. */
    String happens(Input input) {
        if (state == State.CLOSED) {
            return "-";
        }
        if (input.type() == null) {
            event(input);
        } else if (state.kind() != Kind.AWAIT) {
            take(input);
        } else if (held.size() >= (table.holds(state, ContentType.HANDSHAKE, later) ? 2 : 1)) {
            seen.append("no room ");
        } else {
            held.add(input); // only the first one is looked at during a wait
        }
        goOn();
        String end = state == State.CLOSED
                ? "closed"
                : state.kind() == Kind.AWAIT ? "awaits " + table.question(state).kind() : "";
        return (seen.toString() + data + end).strip();
    }

    // ---- what does not come from the client

    private void event(Input input) {
        boolean waits = state.kind() == Kind.AWAIT;
        switch (input) {
            case KEY_DONE -> {
                if (waits) {
                    answered();
                }
            }
            case KEY_FAILS, KEY_LATE -> {
                if (waits) {
                    failed();
                }
            }
            case DEADLINE -> {
                if (state.kind() != Kind.OPEN) {
                    fatal(AlertDescription.INTERNAL_ERROR);
                }
            }
            case CLOSE -> {
                dropUnwritten();
                if (!later && state.kind() != Kind.OPEN && state != State.READ_CLIENT_HELLO) {
                    warns(AlertDescription.USER_CANCELED);
                }
                closesInOrder();
            }
            case END_OF_STREAM -> streamEnds();
            case CLOSE_OUTPUT -> {
                Row row = table.row(state, Event.CLOSE_OUTPUT);
                if (row != null) {
                    warns(AlertDescription.CLOSE_NOTIFY);
                    fire(row, true);
                }
            }
            case RENEGOTIATE -> {
                Row row = table.row(state, Event.RENEGOTIATE);
                if (row != null && mayRenegotiate() && !asked) {
                    seen.append("HELLO_REQUEST ");
                    asked = true;
                    fire(row, true);
                }
            }
            default -> {} // a wake-up that has nothing to tell
        }
    }

    /** What is held still tells how the client has ended, and its data is delivered; no handshake can be completed. */
    private void streamEnds() {
        while (state != State.CLOSED && !held.isEmpty()) {
            Input last = held.remove();
            if (last.type() == ContentType.ALERT) {
                alert(last);
            } else if (last == Input.DATA && table.holds(state, ContentType.APPLICATION_DATA, later)) {
                data.append("data ");
            } else if (last.type() != ContentType.HANDSHAKE) {
                state = State.CLOSED;
            }
        }
        state = State.CLOSED;
    }

    private void answered() {
        Row row = table.row(state, Event.ANSWER);
        fire(row, row.successors().size() == 1 || setup.session().isFound());
    }

    private void failed() {
        Row row = table.row(state, Event.ANSWER);
        OnFailure onFailure = row.question().onFailure();
        if (onFailure == OnFailure.FULL_HANDSHAKE) {
            fire(row, false);
        } else if (onFailure == OnFailure.MASKED_TO_FINISHED) {
            masked = true;
            fire(row, false);
        } else {
            fatal(AlertDescription.INTERNAL_ERROR);
        }
    }

    // ---- what comes from the client

    private void take(Input input) {
        if (input == Input.DATA) {
            if (table.carriesData(state, later)) {
                data.append("data ");
            } else {
                fatal(AlertDescription.UNEXPECTED_MESSAGE);
            }
        } else if (garbled) {
            fatal(AlertDescription.BAD_RECORD_MAC);
        } else if (input.type() == ContentType.ALERT) {
            alert(input);
        } else {
            Row row = row(input);
            if (row == null) {
                fatal(AlertDescription.UNEXPECTED_MESSAGE);
            } else {
                take(input, row);
            }
        }
    }

    private @Nullable Row row(Input input) {
        return Arrays.stream(Event.values())
                .filter(event -> event.name().equals(input.message()))
                .map(event -> table.row(state, event))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private void alert(Input input) {
        if (input == Input.FATAL_ALERT) {
            dropUnwritten();
            state = State.CLOSED;
        } else if (input == Input.CLOSE_NOTIFY) {
            closesInOrder();
        }
    }

    private void take(Input input, Row row) {
        switch (row.event()) {
            case CLIENT_HELLO -> hello(row);
            case CERTIFICATE -> {
                if (input == Input.CERTIFICATE) {
                    scene = scene.claiming();
                    fire(row, true);
                } else if (setup.auth() == Setup.Auth.REQUIRED) {
                    fatal(AlertDescription.HANDSHAKE_FAILURE);
                } else {
                    fire(row, true);
                }
            }
            case CHANGE_CIPHER_SPEC -> {
                garbled = masked;
                fire(row, true);
            }
            default -> {
                if (input == Input.WRONG_PROOF || input == Input.WRONG_FINISHED) {
                    fatal(AlertDescription.DECRYPT_ERROR);
                } else {
                    fire(row, true);
                }
            }
        }
    }

    private void hello(Row row) {
        if (state == State.READ_CLIENT_HELLO) {
            scene = offered();
            fire(row, true);
        } else if (state == State.CONNECTED && mayRenegotiate()) {
            begun++;
            scene = offered();
            fire(row, true);
        } else if (++refused > MAX_REFUSALS) {
            fatal(AlertDescription.UNEXPECTED_MESSAGE);
        } else {
            if (state == State.CONNECTED) {
                warns(AlertDescription.NO_RENEGOTIATION);
            }
            fire(row, false);
        }
    }

    private boolean mayRenegotiate() {
        return setup.renegotiates() && begun == 0;
    }

    private Scene offered() {
        Offering offering =
                switch (setup.session()) {
                    case NONE -> Offering.NOTHING;
                    case ID -> Offering.ID;
                    case TICKET, OLD_TICKET, FORGED_TICKET -> Offering.TICKET;
                };
        return new Scene(offering, setup.session() == Setup.Session.NONE, null, false);
    }

    // ---- how it moves

    private void fire(Row row, boolean first) {
        State from = state;
        State target = first ? row.successors().get(0) : row.otherwise();
        state = scene == Scene.NONE ? target : table.enter(target, worlds.of(scene));
        if (state == State.CONNECTED && from != State.CONNECTED) {
            later = true;
            asked = false;
            scene = Scene.NONE;
        }
    }

    /** As far as it goes without the client and without an answer. */
    private void goOn() {
        while (true) {
            if (state.kind() == Kind.ACT) {
                act();
            } else if (state == State.AWAIT_SHARED_SECRET) {
                answered(); // in small groups the server computes it itself
            } else if (state == State.CLOSED || held.isEmpty() || staysHeld()) {
                return;
            } else {
                take(held.remove());
            }
        }
    }

    /** Whether the first record in the buffer stays there; one that may not is the end of a wait. */
    private boolean staysHeld() {
        if (state.kind() != Kind.AWAIT) {
            return false;
        }
        ContentType type = held.element().type();
        if (type != ContentType.ALERT && table.holds(state, type, later)) {
            return true;
        }
        if (type == ContentType.ALERT) {
            alert(held.remove());
        } else {
            fatal(AlertDescription.UNEXPECTED_MESSAGE);
        }
        return state == State.CLOSED || held.isEmpty() || staysHeld();
    }

    private void act() {
        String message = state.name().replaceFirst("^(SEND|RESUME)_", "");
        if (SEEN.contains(message)) {
            seen.append(message).append(' ');
        }
        if (state == State.NEGOTIATE || state == State.RESUME_SERVER_HELLO) {
            boolean resumed = state == State.RESUME_SERVER_HELLO;
            boolean asks = setup.auth() != Setup.Auth.NONE && !resumed;
            boolean ticket = resumed
                    ? setup.session() == Setup.Session.OLD_TICKET
                    : setup.session().isTicket();
            scene = scene.agreed(new Deal(setup.exchange(), resumed, false, asks, setup.hint() && !resumed, ticket));
        }
        fire(table.row(state, Event.PROCEED), true);
    }

    // ---- how it ends

    /** What a later handshake has to say is written when a call returns, and not at all when the call ends the connection. */
    private void dropUnwritten() {
        if (later) {
            seen.setLength(0);
        }
    }

    private void closesInOrder() {
        dropUnwritten();
        warns(AlertDescription.CLOSE_NOTIFY);
        state = State.CLOSED;
    }

    private void fatal(AlertDescription description) {
        dropUnwritten();
        says(2, description);
        state = State.CLOSED;
    }

    private void warns(AlertDescription description) {
        says(1, description);
    }

    /** Nothing follows the close_notify of a connection whose output has ended. */
    private void says(int level, AlertDescription description) {
        if (state != State.HALF_CLOSED) {
            seen.append("ALERT(" + level + ", " + description.code() + ") ");
        }
    }
}
