package dev.lockstep.server;

import dev.lockstep.tls.setting.ConfigException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Something the user has to change: said in one line that names the option, the cause and the fix. */
public final class UsageError extends Exception {

    private static final long serialVersionUID = 1L;

    /** More than the longest path. */
    private static final int LONGEST = 8192;

    /** What is left of the end of a longer text: the fix is there. */
    private static final int TAIL = 2048;

    private final @Nullable Instant goneAt;

    public UsageError(String option, String cause, String fix) {
        this(oneLine(option + ": " + cause + "; " + fix), null);
    }

    private UsageError(String line, @Nullable Instant goneAt) {
        super(oneLine(line));
        this.goneAt = goneAt;
    }

    /** The same error, for something that time alone puts right. */
    public UsageError goneAt(Instant time) {
        return new UsageError(getMessage(), time);
    }

    /** When it is no error any more, whatever the user does; null when that is not known. */
    public @Nullable Instant goneAt() {
        return goneAt;
    }

    /**
     * The refusal of a library part, which already names its own field, cause and fix.
     *
     * @param option stands in for the field's name
     */
    public static UsageError of(String option, IllegalArgumentException refusal) {
        if (refusal instanceof ConfigException config) {
            return new UsageError(option, config.reason(), config.fix());
        }
        String text = String.valueOf(refusal.getMessage());
        int colon = text.indexOf(": ");
        return new UsageError(option + ": " + (colon < 0 ? text : text.substring(colon + 2)), null);
    }

    /**
     * The refusal of a part whose message may have a fix of its own, after a last semicolon.
     *
     * @param what stands before the message
     * @param fix for a message without one
     */
    public static UsageError of(String option, String what, @Nullable String message, String fix) {
        String text = String.valueOf(message);
        int own = text.lastIndexOf("; ");
        return own < 0
                ? new UsageError(option, what + text, fix)
                : new UsageError(option, what + text.substring(0, own), text.substring(own + 2));
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /**
     * Names, file contents and what clients send are echoed: nothing in them may break the line, drive a terminal or turn the
     * order of its characters, and a very long text loses its middle.
     */
    public static String oneLine(String text) {
        int cut = text.length() <= LONGEST ? text.length() : LONGEST - TAIL;
        StringBuilder line = new StringBuilder(Math.min(text.length(), LONGEST));
        appendPlain(text, 0, cut, line);
        if (cut < text.length()) {
            line.append(" ... ");
            appendPlain(text, text.length() - TAIL, text.length(), line);
        }
        return line.toString();
    }

    private static void appendPlain(String text, int from, int to, StringBuilder line) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            line.append(
                    switch (Character.getType(c)) {
                        case Character.CONTROL,
                                Character.FORMAT,
                                Character.LINE_SEPARATOR,
                                Character.PARAGRAPH_SEPARATOR -> ' ';
                        default -> c;
                    });
        }
    }
}
