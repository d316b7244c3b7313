package dev.lockstep.conversations.learning;

import de.learnlib.algorithm.ttt.mealy.TTTLearnerMealy;
import de.learnlib.algorithm.ttt.mealy.TTTLearnerMealyBuilder;
import de.learnlib.oracle.equivalence.MealyWpMethodEQOracle;
import de.learnlib.query.DefaultQuery;
import net.automatalib.alphabet.Alphabet;
import net.automatalib.alphabet.impl.Alphabets;
import net.automatalib.automaton.transducer.MealyMachine;
import net.automatalib.automaton.transducer.impl.CompactMealy;
import net.automatalib.util.automaton.Automata;
import net.automatalib.word.Word;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of a server, learned from its answers alone. The table's machine only suggests words to try, which
 * spares the learner a search; each answer is the server's. In the end the Wp-method tests the learned machine, which finds
 * every difference of a server that has at most so many more states as it looks ahead.
 */
public final class Learned {

    static final Alphabet<Input> INPUTS = Alphabets.fromArray(Input.values());

    private final QueryTree server;
    private final MealyMachine<?, Input, ?, String> machine;

    private Learned(QueryTree server, MealyMachine<?, Input, ?, String> machine) {
        this.server = server;
        this.machine = machine;
    }

    /**
     * Learns the server of a setup.
     *
     * @param expected the machine that its table describes
     * @param lookAhead how many states more than the learned ones are looked for; negative for no test of this kind
     */
    public static Learned of(Setup setup, CompactMealy<Input, String> expected, int lookAhead) {
        QueryTree server = new QueryTree(new Subject(setup));
        TTTLearnerMealy<Input, String> learner = new TTTLearnerMealyBuilder<Input, String>()
                .withAlphabet(INPUTS)
                .withOracle(server)
                .create();
        learner.startLearning();
        MealyWpMethodEQOracle<Input, String> test = new MealyWpMethodEQOracle<>(server, Math.max(0, lookAhead));
        while (true) {
            DefaultQuery<Input, Word<String>> example = suggested(server, learner.getHypothesisModel(), expected);
            if (example == null && lookAhead >= 0) {
                example = test.findCounterExample(learner.getHypothesisModel(), INPUTS);
            }
            if (example == null) {
                return new Learned(server, learner.getHypothesisModel());
            }
            learner.refineHypothesis(example);
        }
    }

    /** A word on which the hypothesis and the table differ, if it is the hypothesis that is wrong. */
    private static @Nullable DefaultQuery<Input, Word<String>> suggested(
            QueryTree server, MealyMachine<?, Input, ?, String> hypothesis, CompactMealy<Input, String> expected) {
        Word<Input> word = Automata.findSeparatingWord(hypothesis, expected, INPUTS);
        if (word == null) {
            return null;
        }
        Word<String> answer = server.answerQuery(word);
        return answer.equals(hypothesis.computeOutput(word)) ? null : new DefaultQuery<>(word, answer);
    }

    /** Where the machine differs from another one: a word and both answers to it; null where it does not. */
    public @Nullable String difference(CompactMealy<Input, String> other) {
        Word<Input> word = Automata.findSeparatingWord(machine, other, INPUTS);
        return word == null
                ? null
                : word + "\n  server: " + machine.computeOutput(word) + "\n  table:  " + other.computeOutput(word);
    }

    MealyMachine<?, Input, ?, String> machine() {
        return machine;
    }

    QueryTree server() {
        return server;
    }
}
