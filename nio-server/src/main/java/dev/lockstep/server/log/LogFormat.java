package dev.lockstep.server.log;

import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * The forms of a line. Both are printable ASCII whatever a peer has sent: a character outside of it is escaped, so that a
 * peer can neither end a line nor drive a terminal.
 */
public enum LogFormat {
    /** For people: time, level, event, message, and the fields as name=value. */
    TEXT {
        @Override
        String line(Instant time, Level level, String event, String message, Map<String, Object> fields) {
            StringBuilder line = new StringBuilder(160)
                    .append(time)
                    .append(' ')
                    .append(level)
                    .append(' ')
                    .append(event);
            if (!message.isEmpty()) {
                line.append(": ");
                escape(message, false, line);
            }
            fields.forEach((name, value) -> {
                line.append(' ').append(name).append('=');
                String text = String.valueOf(value);
                boolean bare = !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c <= '~' && c != '"');
                if (bare) {
                    escape(text, false, line);
                } else {
                    escape(text, true, line.append('"'));
                    line.append('"');
                }
            });
            return line.toString();
        }
    },
    /** For programs: an object with time, level, event, message and the fields. */
    JSON {
        @Override
        String line(Instant time, Level level, String event, String message, Map<String, Object> fields) {
            StringBuilder line = new StringBuilder(240)
                    .append("{\"time\":\"")
                    .append(time)
                    .append("\",\"level\":\"")
                    .append(level)
                    .append("\",\"event\":\"")
                    .append(event)
                    .append('"');
            if (!message.isEmpty()) {
                escape(message, true, line.append(",\"message\":\""));
                line.append('"');
            }
            fields.forEach((name, value) -> {
                line.append(",\"").append(name).append("\":");
                if (value instanceof Number || value instanceof Boolean) {
                    line.append(value);
                } else {
                    escape(String.valueOf(value), true, line.append('"'));
                    line.append('"');
                }
            });
            return line.append('}').toString();
        }
    };

    /** Returns the line of an event, without its end. */
    abstract String line(Instant time, Level level, String event, String message, Map<String, Object> fields);

    private static void escape(String text, boolean quoted, StringBuilder to) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' || (quoted && c == '"')) {
                to.append('\\').append(c);
            } else if (c >= ' ' && c <= '~') {
                to.append(c);
            } else {
                to.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            }
        }
    }
}
