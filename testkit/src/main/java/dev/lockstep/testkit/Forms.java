package dev.lockstep.testkit;

import dev.lockstep.testkit.answer.KeyForm;
import dev.lockstep.testkit.answer.KeyScript;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One way of running a conversation: how input comes, when the key answers, which buffers are used. */
public record Forms(InputForm input, KeyForm key, BufferForm buffers) {

    /** Record by record over heap buffers, with a key that answers immediately. */
    public static final Forms PLAIN = new Forms(InputForm.WHOLE, KeyForm.AT_ONCE, BufferForm.HEAP);

    /** Every input form with every key form, the buffers taking turns. */
    public static Stream<Forms> all() {
        return combinations(List.of(KeyForm.values())).stream();
    }

    /** Every input form, for tests that script the key themselves. */
    public static Stream<Forms> inputs() {
        return combinations(List.of(KeyForm.AT_ONCE)).stream();
    }

    /** Every input form with every key form that suspends. */
    public static Stream<Forms> suspending() {
        return all().filter(forms -> forms.key().suspends());
    }

    /** Every input form with every key form that a connection polls, so that the number of steps repeats. */
    public static Stream<Forms> polled() {
        return combinations(List.of(KeyForm.AT_ONCE, KeyForm.AFTER_ONE_RESUME, KeyForm.AFTER_TWO_RESUMES)).stream();
    }

    private static List<Forms> combinations(List<KeyForm> keys) {
        List<Forms> all = new ArrayList<>();
        BufferForm[] buffers = BufferForm.values();
        for (InputForm input : InputForm.values()) {
            for (KeyForm key : keys) {
                all.add(new Forms(input, key, buffers[all.size() % buffers.length]));
            }
        }
        return all;
    }

    /** Returns a script for a key that answers in this form. */
    public KeyScript script() {
        return key.script();
    }

    @Override
    public String toString() {
        return input + ", " + key + ", " + buffers;
    }
}
