package dev.lockstep.conversations.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.conversations.docs.RfcRules.Rfc;
import dev.lockstep.conversations.docs.RfcRules.Rule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/evidence/rfc-coverage.md} is printed from the list of rules and the citations in all sources of the project; run
 * with {@code -Ddocs.update=true} to print it again.
 */
@Tag("docs")
class RfcCoverageDocumentTest {

    private static final Path ROOT = Path.of("..");
    private static final Path DOCUMENT = ROOT.resolve(Path.of("docs", "evidence", "rfc-coverage.md"));

    @Test
    void theDocumentIsWhatTheListAndTheCitationsSay() throws IOException {
        RfcCoverage coverage = new RfcCoverage(RfcRules.read(), RfcCitations.collect(ROOT));
        String printed = coverage.print();
        System.out.println(coverage.summary());
        GeneratedPage.is(DOCUMENT, printed);
    }

    @Test
    void everyCitationNamesARuleOfTheList() throws IOException {
        RfcRules rules = RfcRules.read();
        RfcCitations citations = RfcCitations.collect(ROOT);
        List<String> unknown = citations.ids().stream()
                .filter(id -> !rules.has(id))
                .map(citations::places)
                .toList();
        assertThat(unknown).as("cited, but not in docs/evidence/rfc-rules.tsv").isEmpty();
    }

    @Test
    void everyRuleToKeepIsCitedBesideTheCodeAndByATest() throws IOException {
        RfcCoverage coverage = new RfcCoverage(RfcRules.read(), RfcCitations.collect(ROOT));
        assertThat(coverage.lacking())
                .as("rules without code or without a test")
                .isEmpty();
    }

    @Test
    void theListAddsUp() throws IOException {
        RfcRules rules = RfcRules.read();
        for (Rfc rfc : rules.rfcs()) {
            assertThat(rules.of(rfc)).as("RFC " + rfc.number()).hasSize(rfc.listed());
            assertThat(rfc.listed() + rfc.forClients() + rfc.others())
                    .as("RFC " + rfc.number())
                    .isEqualTo(rfc.sentences());
        }
        assertThat(rules.all())
                .allSatisfy(rule ->
                        assertThat(rules.rfcs().stream().map(Rfc::number)).contains(rule.rfc()))
                .allSatisfy(rule -> assertThat(rule.level()).matches("(MUST|MUST NOT|SHALL|SHALL NOT|REQUIRED)(, .*)?"))
                .extracting(Rule::text)
                .doesNotContain("");
    }

    @Test
    void aCitationInATestBelongsToTheMethodThatItStandsOverOrIn() {
        List<String> lines = sources(
                "/** Opens with @ 5246 9-1. */",
                "class SomeTest {",
                "    // @ 5246 6.2.1-1, 6.2.3-1 and A.5-1; @ 7301 3.2-1: \"...\"",
                "    @Test",
                "    void first() {",
                "        body(); // @ 5246 6-2",
                "    }",
                "",
                "    // @ 5246 6.1 alone, and @ 5246 6.1-3,",
                "    // 6.1-2",
                "    void second() {}");
        RfcCitations found = RfcCitations.of("SomeTest", lines, true);
        assertThat(found.ids())
                .containsExactly(
                        "5246-6-2",
                        "5246-6.1-2",
                        "5246-6.1-3",
                        "5246-6.2.1-1",
                        "5246-6.2.3-1",
                        "5246-9-1",
                        "5246-A.5-1",
                        "7301-3.2-1");
        assertThat(found.inTests("5246-9-1")).containsExactly("SomeTest");
        assertThat(found.inTests("5246-6.2.3-1")).containsExactly("SomeTest.first");
        assertThat(found.inTests("7301-3.2-1")).containsExactly("SomeTest.first");
        assertThat(found.inTests("5246-6-2")).containsExactly("SomeTest.first");
        assertThat(found.inTests("5246-6.1-3")).containsExactly("SomeTest.second");
        assertThat(found.inCode("5246-6.1-3")).isEmpty();
    }

    @Test
    void whatOnlyTheTestKitCitesIsNoTest() {
        RfcCitations found = RfcCitations.of("ScriptedClient", sources("    // @ 5246 6-2"), true);
        assertThat(found.ids()).containsExactly("5246-6-2");
        assertThat(found.inTests("5246-6-2")).isEmpty();
    }

    /** Lines with citations that are not citations of this file. */
    private static List<String> sources(String... lines) {
        return Stream.of(lines).map(line -> line.replace("@ ", "RFC ")).toList();
    }
}
