package dev.lockstep.interop.tlsfuzzer;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a script prints at its end.
 *
 * @param failed conversations that should have passed
 * @param unexpectedlyPassed conversations that should have failed
 */
record Summary(int failed, int unexpectedlyPassed) {
    /** Empty when the script did not get that far. */
    static Optional<Summary> find(String output) {
        int failed = last(output, "FAIL");
        return last(output, "PASS") < 0 || failed < 0
                ? Optional.empty()
                : Optional.of(new Summary(failed, Math.max(0, last(output, "XPASS"))));
    }

    boolean clean() {
        return failed == 0 && unexpectedlyPassed == 0;
    }

    private static int last(String output, String label) {
        Matcher matcher = Pattern.compile("(?m)^" + label + ": (\\d+)\\s*$").matcher(output);
        int value = -1;
        while (matcher.find()) {
            value = Integer.parseInt(matcher.group(1));
        }
        return value;
    }
}
