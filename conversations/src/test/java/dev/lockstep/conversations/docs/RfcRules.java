package dev.lockstep.conversations.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The yardstick: {@code docs/evidence/rfc-rules.tsv}, one line per rule and one per RFC. */
final class RfcRules {

    static final Path FILE = Path.of("..", "docs", "evidence", "rfc-rules.tsv");

    /**
     * What the list says of a whole RFC: how many sentences have an operative word, and whom they concern.
     *
     * @param about what it is about, in a word or two
     * @param note what there is to say where no sentence is listed; empty for all others
     */
    record Rfc(String number, int sentences, int listed, int forClients, int others, String about, String note) {}

    /**
     * One sentence.
     *
     * @param id RFC, section and number in the section: {@code 5246-7.4.1.2-6}
     * @param level the operative words
     * @param kept whether this server has to keep it
     * @param reason why it does not have to; empty when it does
     */
    record Rule(String id, String level, boolean kept, String text, String reason) {

        String rfc() {
            return id.substring(0, id.indexOf('-'));
        }

        /** Section and number, as a citation gives them after the RFC. */
        String place() {
            return id.substring(id.indexOf('-') + 1);
        }

        String section() {
            return id.substring(id.indexOf('-') + 1, id.lastIndexOf('-'));
        }
    }

    private final List<Rfc> rfcs = new ArrayList<>();
    private final Map<String, Rule> rules = new LinkedHashMap<>();

    private RfcRules() {}

    static RfcRules read() throws IOException {
        RfcRules list = new RfcRules();
        for (String line : Files.readAllLines(FILE)) {
            if (!line.startsWith("#") && !line.isBlank()) {
                list.add(line.split("\t", -1));
            }
        }
        return list;
    }

    private void add(String[] field) {
        String line = String.join(" | ", field);
        if (field[0].equals("rfc")) {
            rfcs.add(new Rfc(
                    field[1],
                    number(field[2]),
                    number(field[3]),
                    number(field[4]),
                    number(field[5]),
                    field[6],
                    field.length > 7 ? field[7] : ""));
            return;
        }
        boolean kept = field.length == 4 && field[2].equals("server");
        boolean excused = field.length == 5 && field[2].equals("none") && !field[4].isBlank();
        if (!kept && !excused) {
            throw new IllegalStateException("neither a rule to keep nor one with a reason: " + line);
        }
        Rule rule = new Rule(field[0], field[1], kept, field[3], excused ? field[4] : "");
        if (rules.put(rule.id(), rule) != null) {
            throw new IllegalStateException("listed twice: " + line);
        }
    }

    private static int number(String field) {
        return Integer.parseInt(field);
    }

    List<Rfc> rfcs() {
        return rfcs;
    }

    List<Rule> of(Rfc rfc) {
        return rules.values().stream()
                .filter(rule -> rule.rfc().equals(rfc.number()))
                .toList();
    }

    List<Rule> all() {
        return List.copyOf(rules.values());
    }

    boolean has(String id) {
        return rules.containsKey(id);
    }
}
