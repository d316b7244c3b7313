package dev.lockstep.interop.tlsfuzzer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a script did with one argument set.
 *
 * @param entry the line of the list
 * @param alternative which of its argument sets, from 0
 * @param passed whether the script itself was content
 * @param conversations name to cause, empty for those that went as they should
 * @param note what else there is to say, empty if nothing
 */
record ScriptResult(Entry entry, int alternative, boolean passed, Map<String, String> conversations, String note) {

    static ScriptResult broken(Entry entry, int alternative, String note) {
        return new ScriptResult(entry, alternative, false, Map.of(), note);
    }

    int total() {
        return conversations.size();
    }

    int good() {
        return (int) conversations.values().stream().filter(String::isEmpty).count();
    }

    /** The names of the conversations that went wrong. */
    List<String> failed() {
        List<String> names = new ArrayList<>();
        conversations.forEach((name, cause) -> {
            if (!cause.isEmpty()) {
                names.add(name);
            }
        });
        return names;
    }

    /** Whether this is the better one to report of two argument sets. */
    boolean betterThan(ScriptResult other) {
        if (passed != other.passed) {
            return passed;
        }
        return (long) good() * Math.max(1, other.total()) > (long) other.good() * Math.max(1, total());
    }
}
