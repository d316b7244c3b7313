package dev.lockstep.conversations.docs;

import dev.lockstep.conversations.docs.RfcRules.Rfc;
import dev.lockstep.conversations.docs.RfcRules.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/** {@code docs/evidence/rfc-coverage.md} as text: the rules of the list, each with the code and the tests that cite it. */
final class RfcCoverage {

    private static final int SHOWN = 4;

    private final RfcRules rules;
    private final RfcCitations citations;

    RfcCoverage(RfcRules rules, RfcCitations citations) {
        this.rules = rules;
        this.citations = citations;
    }

    /** One line: how much of what the server must keep is cited in code, in tests, in both. */
    String summary() {
        return "RFC rules that the server must keep: " + count(rules.all(), Rule::kept) + "; cited in code "
                + share(rules.all(), this::inCode) + ", shown by a test " + share(rules.all(), this::inTests)
                + ", both "
                + share(rules.all(), this::covered);
    }

    /** The rules to keep that lack code or test. */
    List<String> lacking() {
        return rules.all().stream()
                .filter(rule -> rule.kept() && !covered(rule))
                .map(rule -> rule.id() + (inCode(rule) ? "" : " code") + (inTests(rule) ? "" : " test"))
                .toList();
    }

    String print() {
        List<String> lines = new ArrayList<>();
        lines.add("# What the RFCs demand of a server, and where it is kept");
        lines.add("");
        lines.add(
                "Printed from `docs/evidence/rfc-rules.tsv` and from the citations in the sources (`RFC 5246 6.2.1-1` in a");
        lines.add(
                "comment). A test fails when this page is stale, or when a citation names a rule that is not in the list.");
        lines.add("");
        lines.add(
                "A rule is a sentence with MUST, MUST NOT, SHALL, SHALL NOT or REQUIRED, in our own words. Its number counts such");
        lines.add(
                "sentences in its section. Some sentences are counted but not listed: those that concern clients only, and those");
        lines.add(
                "that bind no code (key words, summaries of changes, duties of authors and registries). Requirements without");
        lines.add("these words, and every SHOULD, are cited in the sources by section alone, if at all.");
        lines.add("");
        lines.add("## Totals");
        lines.add("");
        lines.add(
                "| RFC | sentences | for clients | for no code | not for this server | to keep | code | test | both |");
        lines.add("|---|---|---|---|---|---|---|---|---|");
        for (Rfc rfc : rules.rfcs()) {
            lines.add(totals("[" + rfc.number() + "](#rfc-" + rfc.number() + ") " + rfc.about(), rfc, rules.of(rfc)));
        }
        Rfc all = new Rfc("all", sum(Rfc::sentences), sum(Rfc::listed), sum(Rfc::forClients), sum(Rfc::others), "", "");
        lines.add(totals("**all**", all, rules.all()));
        for (Rfc rfc : rules.rfcs()) {
            lines.add("");
            lines.add("## RFC " + rfc.number());
            lines.add("");
            if (rules.of(rfc).isEmpty()) {
                lines.add(rfc.note());
                continue;
            }
            lines.add("| rule | level | what it says | code | test |");
            lines.add("|---|---|---|---|---|");
            rules.of(rfc).forEach(rule -> lines.add(row(rule)));
        }
        return String.join("\n", lines) + "\n";
    }

    private int sum(ToIntFunction<Rfc> count) {
        return rules.rfcs().stream().mapToInt(count).sum();
    }

    private String totals(String name, Rfc rfc, List<Rule> own) {
        long kept = count(own, Rule::kept);
        return "| " + name + " | " + rfc.sentences() + " | " + rfc.forClients() + " | " + rfc.others() + " | "
                + (own.size() - kept) + " | " + kept + " | " + share(own, this::inCode) + " | "
                + share(own, this::inTests) + " | " + share(own, this::covered) + " |";
    }

    private String row(Rule rule) {
        String start = "| " + rule.place() + " | " + rule.level() + " | " + cell(rule.text()) + " | ";
        if (!rule.kept()) {
            return start + "not kept here: " + cell(rule.reason()) + " | " + (inTests(rule) ? tests(rule) : "") + " |";
        }
        return start + names(citations.inCode(rule.id())) + " | " + tests(rule) + " |";
    }

    private String tests(Rule rule) {
        return names(citations.inTests(rule.id()));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("<", "&lt;");
    }

    private static String names(Collection<String> places) {
        String shown =
                places.stream().limit(SHOWN).map(place -> "`" + place + "`").collect(Collectors.joining(", "));
        if (places.isEmpty()) {
            return "**none**";
        }
        return places.size() <= SHOWN ? shown : shown + " and " + (places.size() - SHOWN) + " more";
    }

    private static long count(List<Rule> among, Predicate<Rule> which) {
        return among.stream().filter(which).count();
    }

    private static String share(List<Rule> among, Predicate<Rule> which) {
        long kept = count(among, Rule::kept);
        return kept == 0 ? "-" : 100 * count(among, which.and(Rule::kept)) / kept + "%";
    }

    private boolean inCode(Rule rule) {
        return !citations.inCode(rule.id()).isEmpty();
    }

    private boolean inTests(Rule rule) {
        return !citations.inTests(rule.id()).isEmpty();
    }

    private boolean covered(Rule rule) {
        return inCode(rule) && inTests(rule);
    }
}
