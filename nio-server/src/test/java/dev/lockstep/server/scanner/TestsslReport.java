package dev.lockstep.server.scanner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The findings of testssl.sh, from the CSV that it writes. */
record TestsslReport(List<Finding> findings) {

    private static final Pattern LINE = Pattern.compile(
            "\"(?<id>[^\"]*)\",\"[^\"]*\",\"[^\"]*\",\"(?<severity>[^\"]*)\",\"(?<finding>.*)\",\"[^\"]*\",\"[^\"]*\"");

    /** What counts as no finding: the highest of them is LOW. */
    private static final Set<String> HARMLESS = Set.of("OK", "INFO", "LOW", "DEBUG");

    /**
     * One line.
     *
     * @param id of the check, with a suffix for the second of several certificates
     * @param severity OK, INFO, LOW, MEDIUM, HIGH, CRITICAL, FATAL; or WARN where the scanner itself has a problem
     */
    record Finding(String id, String severity, String finding) {

        boolean isAboveLow() {
            return !HARMLESS.contains(severity);
        }

        /** The id of the check alone. */
        String check() {
            int space = id.indexOf(' ');
            return space < 0 ? id : id.substring(0, space);
        }

        @Override
        public String toString() {
            return severity + " " + id + ": " + finding;
        }
    }

    static TestsslReport read(Path csv) throws IOException {
        List<Finding> findings = new ArrayList<>();
        List<String> lines = Files.readAllLines(csv);
        for (String line : lines.subList(1, lines.size())) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new IOException("no finding: " + line);
            }
            findings.add(new Finding(matcher.group("id"), matcher.group("severity"), matcher.group("finding")));
        }
        return new TestsslReport(List.copyOf(findings));
    }

    /** How many findings there are of each severity. */
    Map<String, Integer> counts() {
        Map<String, Integer> counts = new TreeMap<>();
        findings.forEach(each -> counts.merge(each.severity(), 1, Integer::sum));
        return counts;
    }
}
