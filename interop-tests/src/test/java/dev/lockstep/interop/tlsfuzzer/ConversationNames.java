package dev.lockstep.interop.tlsfuzzer;

import dev.lockstep.interop.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Turns the patterns of the list into the names a script wants to hear, by asking the script for all of its names. */
final class ConversationNames {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Checkouts checkouts;
    private final Path directory;

    ConversationNames(Checkouts checkouts, Path directory) {
        this.checkouts = checkouts;
        this.directory = directory;
    }

    /** The options {@code -e NAME} and {@code -x NAME} for an entry, more conversations being left out, and arguments. */
    List<String> options(Entry entry, Optional<Pattern> leftOut, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> options = new ArrayList<>();
        if (entry.exclude().isEmpty() && leftOut.isEmpty() && entry.xfail().isEmpty()) {
            return options;
        }
        for (String name : names(entry, arguments)) {
            if (matches(entry.exclude(), name) || matches(leftOut, name)) {
                options.addAll(List.of("-e", name));
            } else if (matches(entry.xfail(), name)) {
                options.addAll(List.of("-x", name));
            }
        }
        return options;
    }

    private static boolean matches(Optional<Pattern> pattern, String name) {
        return pattern.isPresent() && pattern.get().matcher(name).find();
    }

    private Set<String> names(Entry entry, List<String> arguments) throws IOException, InterruptedException {
        Path results = Files.createTempFile(directory, "names", ".tsv");
        try (Program script = Program.start(
                checkouts.dry(results, entry.script(), withoutLimit(arguments)),
                checkouts.environment(),
                checkouts.directory())) {
            script.endInput();
            script.awaitExit(LIMIT);
            Set<String> names = new TreeSet<>();
            Observation.read(results).forEach(seen -> names.add(seen.name()));
            if (names.isEmpty()) {
                throw new IOException(entry.script() + " has no conversations; it said:\n" + script.output());
            }
            return names;
        } finally {
            Files.delete(results);
        }
    }

    /** The same arguments, but all conversations instead of a sample. */
    private static List<String> withoutLimit(List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        int limit = all.indexOf("-n");
        if (limit >= 0) {
            all.subList(limit, limit + 2).clear();
        }
        all.addAll(List.of("-n", "0"));
        return all;
    }
}
