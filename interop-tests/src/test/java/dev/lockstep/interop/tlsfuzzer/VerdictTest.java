package dev.lockstep.interop.tlsfuzzer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final ExceptionRule RULE =
            new ExceptionRule("conversation", Pattern.compile("^strict$"), "RFC 0000 1: \"...\"");

    @Test
    void aFailureIsExplainedOnlyIfEveryFailedConversationIs() throws IOException {
        assertThat(Verdict.of(result(Map.of("sanity", "", "strict", "alert"), ""), List.of(RULE)))
                .isEqualTo(Verdict.EXPLAINED);
        assertThat(Verdict.of(result(Map.of("sanity", "alert", "strict", "alert"), ""), List.of(RULE)))
                .isEqualTo(Verdict.FAILED);
        assertThat(Verdict.of(result(Map.of("sanity", "", "strict", "alert"), ""), List.of()))
                .isEqualTo(Verdict.FAILED);
    }

    @Test
    void aScriptThatBrokeIsNeverExplained() throws IOException {
        assertThat(Verdict.of(result(Map.of(), "exit 1"), List.of(RULE))).isEqualTo(Verdict.FAILED);
        assertThat(Verdict.of(result(Map.of("strict", "alert"), "stopped after 180 s"), List.of(RULE)))
                .isEqualTo(Verdict.FAILED);
    }

    @Test
    void anExceptionThatExplainsNothingIsNotNeeded() throws IOException {
        assertThat(RULE.isNeeded(List.of(result(Map.of("strict", ""), "")))).isFalse();
        assertThat(RULE.isNeeded(List.of(result(Map.of("strict", "alert"), ""))))
                .isTrue();
    }

    @Test
    void everyExceptionNamesARunAndASentence() throws IOException {
        List<String> ids = Entry.all().stream().map(Entry::id).toList();
        assertThat(ExceptionRule.all()).allSatisfy(rule -> {
            assertThat(ids).contains(rule.id());
            assertThat(rule.sentence()).startsWith("RFC ");
        });
    }

    @Test
    void theScriptsOwnTotalsAreRead() {
        String output = "...\nTOTAL: 4\nPASS: 3\nXFAIL: 0\nFAIL: 1\nXPASS: 0\n";
        assertThat(Summary.find(output)).hasValue(new Summary(1, 0));
        assertThat(Summary.find("Traceback\n")).isEmpty();
        assertThat(Summary.find("PASS: 1\nFAIL: 0\nXPASS: 2\n"))
                .hasValueSatisfying(summary -> assertThat(summary.clean()).isFalse());
    }

    private static ScriptResult result(Map<String, String> conversations, String note) throws IOException {
        return new ScriptResult(Entry.all().get(0), 0, false, conversations, note);
    }
}
