package dev.lockstep.interop.tlsfuzzer;

import dev.lockstep.interop.Program;
import dev.lockstep.interop.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs scripts one after the other against servers of its own, one per profile, so that what one script does to a server
 * cannot spoil another worker's script.
 */
final class Worker implements AutoCloseable {
    private final Checkouts checkouts;
    private final ConversationNames names;
    private final ServerDescription server;
    private final KeyMode keys;
    private final Path directory;
    private final Map<String, ServerProcess> running = new HashMap<>();

    Worker(Checkouts checkouts, ServerDescription server, KeyMode keys, Path directory) {
        this.checkouts = checkouts;
        this.names = new ConversationNames(checkouts, directory);
        this.server = server;
        this.keys = keys;
        this.directory = directory;
    }

    /** Tries the argument sets of an entry in their order until one passes; otherwise the one that came nearest. */
    ScriptResult run(Entry entry) throws IOException, InterruptedException {
        ScriptResult best = run(entry, 0);
        for (int i = 1; i < entry.alternatives().size() && !best.passed(); i++) {
            ScriptResult next = run(entry, i);
            if (next.betterThan(best)) {
                best = next;
            }
        }
        return best;
    }

    private ScriptResult run(Entry entry, int alternative) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>();
        for (String argument : entry.alternatives().get(alternative)) {
            arguments.add(argument.replace("{certs}", server.certificates().toString())
                    .replace("{reply_size}", server.replySize()));
        }
        List<String> options = names.options(entry, server.leftOut(entry), arguments);
        ServerProcess target = server(entry.profile());
        List<String> words = new ArrayList<>(List.of("-h", "localhost", "-p", Integer.toString(target.port())));
        words.addAll(options);
        words.addAll(arguments);
        Path results = directory.resolve(entry.id() + "." + alternative + ".tsv");
        Files.deleteIfExists(results);
        try (Program script = Program.start(
                checkouts.run(results, entry.script(), words), checkouts.environment(), checkouts.directory())) {
            script.endInput();
            boolean ended = script.ends(Duration.ofSeconds(entry.timeoutSeconds()));
            Files.writeString(directory.resolve(entry.id() + "." + alternative + ".out"), script.output());
            ScriptResult result =
                    judge(entry, alternative, Observation.read(results), expectedToFail(options), script, ended);
            return afterwards(result, target);
        }
    }

    /** A dead server is the script's fault; a hanging or misbehaving one must not be the next script's. */
    private ScriptResult afterwards(ScriptResult result, ServerProcess target) {
        String profile = result.entry().profile();
        if (!target.isAlive()) {
            running.remove(profile);
            String end = target.output().strip();
            return new ScriptResult(
                    result.entry(),
                    result.alternative(),
                    false,
                    result.conversations(),
                    "the server process ended: " + end.substring(Math.max(0, end.length() - 300)));
        }
        if (!result.passed()) {
            running.remove(profile);
            target.close();
        }
        return result;
    }

    private static ScriptResult judge(
            Entry entry,
            int alternative,
            List<Observation> observations,
            Set<String> expectedToFail,
            Program script,
            boolean ended)
            throws IOException, InterruptedException {
        Map<String, String> conversations = new LinkedHashMap<>();
        for (Observation seen : observations) {
            boolean wanted = expectedToFail.contains(seen.name()) != seen.passed();
            String cause = wanted ? "" : seen.passed() ? "it passed and should not have" : seen.cause();
            // A repeated conversation counts once, and passes if every run of it passed.
            conversations.merge(seen.name(), cause, (before, now) -> before.isEmpty() ? now : before);
        }
        Optional<Summary> summary = Summary.find(script.output());
        if (!ended) {
            return new ScriptResult(
                    entry, alternative, false, conversations, "stopped after " + entry.timeoutSeconds() + " s");
        }
        int exit = script.awaitExit(Duration.ofSeconds(1));
        boolean passed = exit == 0 && summary.isPresent() && summary.get().clean() && !conversations.isEmpty();
        if (passed) {
            // Some scripts take a refusal for what they hoped for: theirs is the verdict.
            conversations.replaceAll((name, cause) -> "");
        }
        boolean allGood = conversations.values().stream().allMatch(String::isEmpty);
        if (!passed && allGood && summary.isPresent()) {
            complaints(script.output())
                    .forEach(complaint -> conversations.put(complaint, "the script compared values"));
            allGood = conversations.values().stream().allMatch(String::isEmpty);
        }
        String note = passed == allGood && summary.isPresent() ? "" : "exit " + exit + ": " + lastLine(script.output());
        return new ScriptResult(entry, alternative, passed, conversations, note);
    }

    /** What a script that compares values over all of its conversations (that randoms differ) found, as conversations. */
    private static List<String> complaints(String output) {
        return output.lines()
                .filter(line -> line.startsWith("Duplicated entries in "))
                .distinct()
                .toList();
    }

    private static Set<String> expectedToFail(List<String> options) {
        Set<String> expected = new TreeSet<>();
        for (int i = 0; i + 1 < options.size(); i += 2) {
            if (options.get(i).equals("-x")) {
                expected.add(options.get(i + 1));
            }
        }
        return expected;
    }

    private static String lastLine(String output) {
        return output.lines().filter(line -> !line.isBlank()).reduce("", (before, line) -> line);
    }

    private ServerProcess server(String profile) throws IOException, InterruptedException {
        ServerProcess known = running.get(profile);
        if (known != null && known.isAlive()) {
            return known;
        }
        ServerProcess started = server.start(profile, keys);
        running.put(profile, started);
        return started;
    }

    @Override
    public void close() {
        running.values().forEach(ServerProcess::close);
    }
}
