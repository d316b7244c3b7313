package dev.lockstep.interop.tlsfuzzer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes {@code docs/evidence/conformance.md}: our results beside what other servers scored on the same list. */
final class ConformanceReport {
    private final List<Entry> list;
    private final ServerDescription server;
    private final Map<KeyMode, List<ScriptResult>> results;
    private final List<ExceptionRule> rules;
    private final List<String> others;
    private final Map<String, List<String>> baseline = new HashMap<>();
    private final StringBuilder text = new StringBuilder();

    ConformanceReport(
            List<Entry> list,
            ServerDescription server,
            Map<KeyMode, List<ScriptResult>> results,
            List<ExceptionRule> rules)
            throws IOException {
        this.list = list;
        this.server = server;
        this.results = results;
        this.rules = rules;
        List<List<String>> rows = Resources.table("baseline.tsv");
        this.others = rows.get(0).subList(1, rows.get(0).size());
        rows.subList(1, rows.size()).forEach(row -> baseline.put(row.get(0), row.subList(1, row.size())));
    }

    void write(Path file, String versions) throws IOException {
        text.setLength(0);
        introduction(versions);
        totals();
        failures();
        explained();
        missing();
        runs();
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, text);
    }

    private void introduction(String versions) {
        line("# Conformance");
        line("");
        line("Written by the test `TlsfuzzerIT`; do not edit. With source checkouts of tlsfuzzer, tlslite-ng and");
        line("python-ecdsa named by `TLSFUZZER_HOME`, `TLSLITE_HOME` and `ECDSA_HOME`:");
        line("");
        line("    mvn -Ptlsfuzzer verify                              # everything; a failing script fails the build");
        line("    mvn -Ptlsfuzzer verify -Dtlsfuzzer.only='x25519'    # the runs whose id matches");
        line("    mvn -Ptlsfuzzer verify -Dtlsfuzzer.docs=true        # rewrite this page");
        line("");
        line("The list is `interop-tests/src/test/resources/tlsfuzzer/scripts.tsv`: " + list.size()
                + " runs of the scripts that concern a server of");
        line(
                "TLS 1.2. The server is `serve --policy compatible` in a process of its own, once with keys that answer inside");
        line(
                "the step that asks (`--key-inline`), once with keys that answer 20 ms later while the handshake is suspended");
        line("(`--key-delay-ms 20`). Measured with " + versions + ".");
        line("");
    }

    private void totals() {
        line("## Totals");
        line("");
        line("| server | of " + list.size() + " runs pass | conversations |");
        line("|---|---|---|");
        results.forEach((keys, rows) -> {
            long passed = rows.stream().filter(ScriptResult::passed).count();
            long explained = rows.stream()
                    .filter(result -> Verdict.of(result, rules) == Verdict.EXPLAINED)
                    .count();
            long partial =
                    rows.stream().filter(result -> !part(result).isEmpty()).count();
            int good = rows.stream().mapToInt(ScriptResult::good).sum();
            int total = rows.stream().mapToInt(ScriptResult::total).sum();
            line("| **" + server.name() + ", keys " + keys.title() + "** | **" + passed + "** of " + rows.size()
                    + " run, " + partial + " of them in part, " + explained + " explained, "
                    + (list.size() - rows.size()) + " not yet | " + good
                    + " of " + total + " |");
        });
        List<String> scores = baseline.getOrDefault("total", List.of());
        for (int i = 0; i < scores.size(); i++) {
            line("| " + others.get(i) + " | " + scores.get(i) + " | |");
        }
        line("");
    }

    private void failures() {
        List<String> rows = new ArrayList<>();
        results.forEach((keys, all) -> all.stream()
                .filter(result -> Verdict.of(result, rules) == Verdict.FAILED)
                .forEach(result -> {
                    rows.add("- `" + result.entry().id() + "` (keys " + keys.title() + "): " + mark(result) + " "
                            + result.note());
                    result.conversations().forEach((name, cause) -> {
                        if (!cause.isEmpty()) {
                            rows.add("  - " + name + ": " + cause);
                        }
                    });
                }));
        section("## Failures", rows, "None.");
    }

    private void explained() {
        List<String> rows = rules.stream()
                .map(rule -> "- `" + rule.id() + "`, conversations `" + rule.conversation() + "`: " + rule.sentence())
                .toList();
        section("## Accepted failures, with the RFC text that justifies each", rows, "None.");
    }

    private void missing() {
        Map<String, List<String>> byReason = new TreeMap<>();
        for (Entry entry : list) {
            server.missingFor(entry).ifPresent(reason -> byReason.computeIfAbsent(reason, key -> new ArrayList<>())
                    .add(entry.id()));
        }
        List<String> rows = new ArrayList<>();
        byReason.forEach((reason, ids) -> rows.add("- " + reason + " (" + ids.size() + "): " + String.join(", ", ids)));
        for (Entry entry : list) {
            server.leftOut(entry)
                    .ifPresent(pattern -> rows.add("- in part, marked `ok (part)` below: " + entry.id()
                            + " runs without the conversations that match `" + pattern + "`"));
        }
        section("## Not yet: the server lacks what the run needs", rows, "Nothing.");
    }

    private void runs() {
        line("## Every run");
        line("");
        line(
                "`ok`: every conversation passed. `n/m`: n of m passed. `ok*`: passed with a later of the argument sets that");
        line(
                "stand for what the RFCs leave open. `-`: not yet. `na`: that server lacks what the run needs. Runs named");
        line("`suite-*` were not measured one by one elsewhere.");
        line("");
        StringBuilder heading = new StringBuilder("| run |");
        StringBuilder rule = new StringBuilder("|---|");
        for (KeyMode keys : results.keySet()) {
            heading.append(" keys ").append(keys.title()).append(" |");
            rule.append("---|");
        }
        for (String other : others) {
            heading.append(' ').append(other).append(" |");
            rule.append("---|");
        }
        line(heading.toString());
        line(rule.toString());
        for (Entry entry : list) {
            StringBuilder row = new StringBuilder("| ").append(entry.id()).append(" |");
            for (List<ScriptResult> all : results.values()) {
                row.append(' ').append(mark(entry, all)).append(" |");
            }
            for (int i = 0; i < others.size(); i++) {
                List<String> scores = baseline.get(entry.id());
                row.append(' ').append(scores == null ? "" : scores.get(i)).append(" |");
            }
            line(row.toString());
        }
    }

    private String mark(Entry entry, List<ScriptResult> all) {
        return all.stream()
                .filter(result -> result.entry().id().equals(entry.id()))
                .map(this::mark)
                .findFirst()
                .orElse("-");
    }

    private String mark(ScriptResult result) {
        return switch (Verdict.of(result, rules)) {
            case PASSED -> (result.alternative() == 0 ? "ok" : "ok*") + part(result);
            case EXPLAINED -> "explained";
            case FAILED -> result.good() + "/" + result.total();
        };
    }

    private String part(ScriptResult result) {
        return server.leftOut(result.entry()).isPresent() ? " (part)" : "";
    }

    private void section(String heading, List<String> rows, String none) {
        line(heading);
        line("");
        if (rows.isEmpty()) {
            line(none);
        }
        rows.forEach(this::line);
        line("");
    }

    private void line(String content) {
        text.append(content).append('\n');
    }
}
