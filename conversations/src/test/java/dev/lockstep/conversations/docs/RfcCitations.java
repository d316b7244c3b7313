package dev.lockstep.conversations.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The citations in all sources of the project. A citation is an RFC, a section and the number of the sentence:
 * {@code RFC 5246 6.2.1-1}, and more of the same RFC after commas.
 */
final class RfcCitations {

    private static final String PLACE = "(?:\\d+|[A-Z])(?:\\.\\d+)*-\\d+";
    /** A blank, or the end of a line of comment and the beginning of the next. */
    private static final String GAP = "\\s+(?:(?://|\\*)\\s*)?";

    private static final Pattern CITATION = Pattern.compile("RFC" + GAP + "(\\d{4})" + GAP + "(" + PLACE + "(?:(?:,"
            + GAP + "|" + GAP + "and" + GAP + ")" + PLACE + ")*)(?![\\d-]|\\.\\d)");
    private static final Pattern ONE_PLACE = Pattern.compile(PLACE);
    private static final Pattern METHOD = Pattern.compile("^ {4}\\S*(?: \\S+)*? ?void (\\w+)\\(.*");
    private static final Pattern TYPE = Pattern.compile("^(?:final |abstract |public |sealed )*class .*");
    private static final int MEMBER_INDENT = 5; // four blanks, and one more inside a Javadoc comment

    private final Map<String, TreeSet<String>> code = new TreeMap<>();
    private final Map<String, TreeSet<String>> tests = new TreeMap<>();

    private RfcCitations() {}

    /** Reads the sources of every module beside {@code root}. */
    static RfcCitations collect(Path root) throws IOException {
        RfcCitations citations = new RfcCitations();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path module : modules.sorted().toList()) {
                // the test kit is no code of the server: what only it cites is neither code nor test
                citations.addTree(module.resolve(Path.of("src", "main", "java")), module.endsWith("testkit"));
                citations.addTree(module.resolve(Path.of("src", "test", "java")), true);
            }
        }
        return citations;
    }

    private void addTree(Path tree, boolean isTest) throws IOException {
        if (!Files.isDirectory(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                    .sorted()
                    .toList()) {
                add(file.getFileName().toString().replace(".java", ""), Files.readAllLines(file), isTest);
            }
        }
    }

    /** Takes the citations of one file; visible to the test of this class. */
    static RfcCitations of(String name, List<String> lines, boolean isTest) {
        RfcCitations citations = new RfcCitations();
        citations.add(name, lines, isTest);
        return citations;
    }

    private void add(String name, List<String> lines, boolean isTest) {
        String text = String.join("\n", lines);
        Matcher citation = CITATION.matcher(text);
        while (citation.find()) {
            int line = (int) text.substring(0, citation.start())
                    .chars()
                    .filter(c -> c == '\n')
                    .count();
            String where = isTest ? name + method(lines, line) : name;
            Matcher place = ONE_PLACE.matcher(citation.group(2));
            while (place.find()) {
                (isTest ? tests : code)
                        .computeIfAbsent(citation.group(1) + "-" + place.group(), id -> new TreeSet<>())
                        .add(where);
            }
        }
    }

    /** The method that a citation in a test speaks of: the one that it stands over, or the one that it stands in. */
    private static String method(List<String> lines, int at) {
        boolean inBody = indent(lines.get(at)) > MEMBER_INDENT;
        int step = inBody ? -1 : 1;
        for (int i = at; i >= 0 && i < lines.size(); i += step) {
            if (TYPE.matcher(lines.get(i)).matches()) {
                return "";
            }
            Matcher method = METHOD.matcher(lines.get(i));
            if (method.matches()) {
                return "." + method.group(1);
            }
        }
        return "";
    }

    private static int indent(String line) {
        return line.length() - line.stripLeading().length();
    }

    /** The classes of main code that cite {@code id}. */
    Collection<String> inCode(String id) {
        return code.getOrDefault(id, new TreeSet<>());
    }

    /** The test methods that cite {@code id}; what only the test kit cites is no test. */
    Collection<String> inTests(String id) {
        return tests.getOrDefault(id, new TreeSet<>()).stream()
                .filter(where -> where.matches("\\w+(Test|IT)(\\.\\w+)?"))
                .toList();
    }

    /** Every rule that is cited anywhere. */
    Collection<String> ids() {
        TreeSet<String> ids = new TreeSet<>(code.keySet());
        ids.addAll(tests.keySet());
        return ids;
    }

    /** Where {@code id} is cited, for the message of a failing test. */
    String places(String id) {
        TreeSet<String> all = new TreeSet<>(inCode(id));
        all.addAll(tests.getOrDefault(id, new TreeSet<>()));
        return id + " in " + all;
    }
}
