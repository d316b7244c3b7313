package dev.lockstep.jmh.report;

import java.util.Locale;
import java.util.stream.Collectors;

/** The JSON of the reports. */
public final class Json {
    private Json() {}

    /** A report: the run that it is about, and {@code members} of its own, each with a comma behind all but the last. */
    public static String report(Environment environment, int rounds, String members) {
        String libraries = environment.libraries().entrySet().stream()
                .map(e -> quoted(e.getKey()) + ": " + quoted(e.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
        return String.format(
                Locale.ROOT,
                """
                {
                  "date": %s,
                  "machine": %s,
                  "loadAverageAtStart": %s,
                  "rounds": %d,
                  "libraries": %s,
                %s
                }
                """,
                quoted(environment.date()),
                quoted(environment.machine()),
                environment.load(),
                rounds,
                libraries,
                members);
    }

    /** A string. */
    public static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c == '"' || c == '\\' ? "\\" : "").append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
