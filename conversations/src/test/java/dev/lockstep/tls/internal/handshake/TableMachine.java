package dev.lockstep.tls.internal.handshake;

import dev.lockstep.conversations.learning.Input;
import dev.lockstep.conversations.learning.Setup;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.automatalib.alphabet.impl.Alphabets;
import net.automatalib.automaton.transducer.impl.CompactMealy;

/** The machine that a table describes for one setup, over the inputs of the learner: what the learned one must equal. */
public final class TableMachine {

    private static final Worlds WORLDS = new Worlds();

    private final CompactMealy<Input, String> machine = new CompactMealy<>(Alphabets.fromArray(Input.values()));
    private final Map<Standing, Integer> numbers = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();

    private TableMachine(TransitionTable table, Setup setup) {
        Deque<Standing> open = new ArrayDeque<>();
        number(Standing.FIRST, open);
        machine.setInitialState(0);
        while (!open.isEmpty()) {
            Standing standing = open.poll();
            for (Input input : Input.values()) {
                Turn turn = new Turn(table, WORLDS, setup, standing);
                String output = turn.happens(input);
                machine.addTransition(numbers.get(standing), input, number(turn.standing(), open), output);
            }
        }
    }

    private int number(Standing standing, Deque<Standing> open) {
        Integer known = numbers.get(standing);
        if (known != null) {
            return known;
        }
        int number = machine.addState();
        numbers.put(standing, number);
        names.add(standing.toString());
        open.add(standing);
        return number;
    }

    /** The machine of the library's table. */
    public static TableMachine of(Setup setup) {
        return of(ServerHandshake.TABLE, setup);
    }

    /** The machine of another table. */
    static TableMachine of(TransitionTable table, Setup setup) {
        return new TableMachine(table, setup);
    }

    /** The machine, not minimal: its states are the points that a connection can come to. */
    public CompactMealy<Input, String> machine() {
        return machine;
    }

    /** The name of a state: where the handshake stands, and what else counts there. */
    public String name(int state) {
        return names.get(state);
    }
}
