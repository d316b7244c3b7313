package dev.lockstep.interop.tlsfuzzer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Conversations that this server fails and is right to.
 *
 * @param id the line of the list
 * @param conversation which conversations of it
 * @param sentence what the RFC says, with its number and section
 */
record ExceptionRule(String id, Pattern conversation, String sentence) {

    static List<ExceptionRule> all() throws IOException {
        List<ExceptionRule> rules = new ArrayList<>();
        List<List<String>> rows = Resources.table("exceptions.tsv");
        for (List<String> cells : rows.subList(1, rows.size())) {
            if (cells.size() != 3 || cells.get(2).isBlank()) {
                throw new IOException("exceptions.tsv: id, conversation and sentence are needed: " + cells);
            }
            rules.add(new ExceptionRule(cells.get(0), Pattern.compile(cells.get(1)), cells.get(2)));
        }
        return rules;
    }

    boolean explains(ScriptResult result, String conversationName) {
        return id.equals(result.entry().id())
                && conversation.matcher(conversationName).find();
    }

    /** Whether some conversation of these results failed and is explained by this rule. */
    boolean isNeeded(List<ScriptResult> results) {
        return results.stream().anyMatch(result -> result.failed().stream().anyMatch(name -> explains(result, name)));
    }
}
