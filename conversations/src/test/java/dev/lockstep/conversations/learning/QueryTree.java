package dev.lockstep.conversations.learning;

import de.learnlib.oracle.MembershipOracle.MealyMembershipOracle;
import de.learnlib.query.Query;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import net.automatalib.word.Word;
import net.automatalib.word.WordBuilder;

/** Answers the learner's queries, each on a fresh connection, and remembers: no word is tried twice, and none after its end. */
final class QueryTree implements MealyMembershipOracle<Input, String> {

    private static final class Place {
        private final String output;
        private final Map<Input, Place> next = new EnumMap<>(Input.class);

        Place(String output) {
            this.output = output;
        }

        boolean isOver() {
            return output.endsWith("closed") || output.equals(Encounter.OVER);
        }
    }

    private final Subject subject;
    private final Place root = new Place("");
    private int queries;
    private int connections;
    private int symbols;

    QueryTree(Subject subject) {
        this.subject = subject;
    }

    /** How many words were asked for. */
    int queries() {
        return queries;
    }

    /** How many connections it took. */
    int connections() {
        return connections;
    }

    /** How many inputs happened on them. */
    int symbols() {
        return symbols;
    }

    @Override
    public void processQueries(Collection<? extends Query<Input, Word<String>>> all) {
        for (Query<Input, Word<String>> query : all) {
            queries++;
            query.answer(answer(query.getInput()).suffix(query.getSuffix().size()));
        }
    }

    private Word<String> answer(Word<Input> word) {
        if (!knows(word)) {
            run(word);
        }
        WordBuilder<String> outputs = new WordBuilder<>(word.size());
        Place place = root;
        for (Input input : word) {
            if (place.isOver()) {
                outputs.append(Encounter.OVER);
            } else {
                place = place.next.get(input);
                outputs.append(place.output);
            }
        }
        return outputs.toWord();
    }

    private boolean knows(Word<Input> word) {
        Place place = root;
        for (Input input : word) {
            if (place.isOver()) {
                return true;
            }
            place = place.next.get(input);
            if (place == null) {
                return false;
            }
        }
        return true;
    }

    private void run(Word<Input> word) {
        connections++;
        Encounter encounter = subject.encounter();
        Place place = root;
        for (Input input : word) {
            if (place.isOver()) {
                break;
            }
            String output = encounter.happens(input);
            symbols++;
            Place known = place.next.computeIfAbsent(input, any -> new Place(output));
            if (!known.output.equals(output)) {
                throw new AssertionError(
                        subject.setup() + " is not the same twice on " + word + ": " + known.output + ", " + output);
            }
            place = known;
        }
        encounter.ends();
    }
}
