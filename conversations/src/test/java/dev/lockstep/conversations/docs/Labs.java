package dev.lockstep.conversations.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The exercises of {@code docs/design/labs.md}: what to change, and which tests notice. */
final class Labs {

    static final Path ROOT = Path.of("..");
    private static final Pattern EXERCISE = Pattern.compile("(?m)^## (\\d+)\\. (.*)$");
    private static final Pattern DIFF = Pattern.compile("```diff\n--- (\\S+)\n(.*?)```", Pattern.DOTALL);
    private static final Pattern NOTICED = Pattern.compile("Noticed by: (.*?)\\.\n\n", Pattern.DOTALL);
    private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");

    /**
     * A change of one file.
     *
     * @param before lines that are in it now
     * @param after lines in their place
     */
    record Change(Path file, String before, String after) {

        /** How often the lines are in the file. */
        int count() throws IOException {
            return Files.exists(file) ? Files.readString(file).split(Pattern.quote(before), -1).length - 1 : 0;
        }

        /** The text of the file with the change. */
        String applied() throws IOException {
            return Files.readString(file).replace(before, after);
        }
    }

    /** A test method, by the simple name of its class. */
    record Test(String type, String method) {}

    /** One exercise. */
    record Lab(String title, List<Change> changes, List<Test> tests) {
        @Override
        public String toString() {
            return title;
        }
    }

    private Labs() {}

    static List<Lab> read() throws IOException {
        String page = Files.readString(ROOT.resolve(Path.of("docs", "design", "labs.md")));
        List<Lab> labs = new ArrayList<>();
        Matcher exercise = EXERCISE.matcher(page);
        for (boolean found = exercise.find(); found; ) {
            String title = exercise.group(2);
            int begin = exercise.end();
            found = exercise.find();
            String section = page.substring(begin, found ? exercise.start() : page.length());
            labs.add(new Lab(title, changes(section), tests(section)));
        }
        return labs;
    }

    private static List<Change> changes(String section) {
        List<Change> changes = new ArrayList<>();
        Matcher diff = DIFF.matcher(section);
        while (diff.find()) {
            StringBuilder before = new StringBuilder();
            StringBuilder after = new StringBuilder();
            diff.group(2).lines().forEach(line -> {
                String text = line.isEmpty() ? "\n" : line.substring(1) + "\n";
                if (!line.startsWith("+")) {
                    before.append(text);
                }
                if (!line.startsWith("-")) {
                    after.append(text);
                }
            });
            changes.add(new Change(ROOT.resolve(diff.group(1)), before.toString(), after.toString()));
        }
        return changes;
    }

    private static List<Test> tests(String section) {
        Matcher noticed = NOTICED.matcher(section + "\n\n");
        List<Test> tests = new ArrayList<>();
        if (noticed.find()) {
            TEST.matcher(noticed.group(1)).results().forEach(test -> tests.add(new Test(test.group(1), test.group(2))));
        }
        return tests;
    }
}
