package dev.lockstep.server.serve;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.files.InputFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of lines {@code name = value}. Empty lines and those that begin with {@code #} are comments; a line that ends with
 * a backslash continues on the next one.
 */
final class PolicyFile {

    private static final String OPTION = "--policy-file";

    /**
     * A value and where it stands.
     *
     * @param source for messages
     */
    record Setting(String value, String source) {}

    private PolicyFile() {}

    /** Reads a file; a setting that is unknown or there twice is an error with its line, and so is a file without one. */
    static Map<String, Setting> read(Path file, List<String> known) throws UsageError {
        Map<String, Setting> settings = new LinkedHashMap<>();
        Map<String, Integer> lines = new LinkedHashMap<>();
        StringBuilder whole = new StringBuilder();
        int number = 0;
        int begin = 1;
        boolean continued = false;
        for (String line : InputFile.text(OPTION, file).lines().toList()) {
            number++;
            String text = line.strip();
            if (!continued && text.startsWith("#")) {
                begin = number + 1;
                continue;
            }
            continued = text.endsWith("\\");
            if (continued) {
                whole.append(text, 0, text.length() - 1);
                continue;
            }
            whole.append(text);
            String setting = whole.toString().strip();
            if (!setting.isEmpty()) {
                add(settings, lines, setting, file + " line " + begin, begin, known);
            }
            whole.setLength(0);
            begin = number + 1;
        }
        if (continued) {
            throw new UsageError(OPTION, file + " line " + begin + " is not continued", "remove the backslash");
        }
        if (settings.isEmpty()) {
            // A file that was cut off or is just being written must not stand for the default policy.
            throw new UsageError(OPTION, file + " has no setting", "write at least 'policy = modern'");
        }
        return settings;
    }

    private static void add(
            Map<String, Setting> settings,
            Map<String, Integer> lines,
            String text,
            String where,
            int line,
            List<String> known)
            throws UsageError {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals).strip();
        if (equals < 0) {
            throw new UsageError(OPTION, where + " has no '='", "write name = value");
        }
        if (!known.contains(name)) {
            throw new UsageError(
                    OPTION,
                    "'" + printable(name) + "' in " + where + " is no setting",
                    "use " + String.join(", ", known));
        }
        if (text.indexOf('\\') >= 0) {
            throw new UsageError(
                    OPTION, where + " has a backslash too many", "leave one, at the end of a line to be continued");
        }
        Integer before = lines.put(name, line);
        if (before != null) {
            throw new UsageError(
                    OPTION,
                    where + " sets " + name + " again, after line " + before,
                    "leave one of them, and put all names into it with commas between");
        }
        settings.put(name, new Setting(text.substring(equals + 1).strip(), OPTION + ", " + name + " in line " + line));
    }

    /** The text has a character for each byte. */
    private static String printable(String name) {
        return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
