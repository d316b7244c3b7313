package dev.lockstep.interop.tlsfuzzer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The source checkouts of tlsfuzzer and of what it needs, used as they are and never copied: environment variables
 * {@code TLSFUZZER_HOME}, {@code TLSLITE_HOME} (0.9 or later), {@code ECDSA_HOME}, and {@code PYTHON} for another
 * interpreter than {@code python3} (it needs the package six).
 */
final class Checkouts {
    private static final String SEED = "20240601";

    private final Path tlsfuzzer;
    private final Path observer;
    private final Map<String, String> environment;

    private Checkouts(Path tlsfuzzer, Path observer, Map<String, String> environment) {
        this.tlsfuzzer = tlsfuzzer;
        this.observer = observer;
        this.environment = environment;
    }

    /** Looks them up and puts the observer script into {@code directory}. */
    static Checkouts find(Path directory) throws IOException {
        Path tlsfuzzer = home("TLSFUZZER_HOME");
        Path ecdsa = home("ECDSA_HOME");
        Path source = Files.isDirectory(ecdsa.resolve("src")) ? ecdsa.resolve("src") : ecdsa;
        Path observer = Files.writeString(
                Files.createDirectories(directory).resolve("observe.py"), Resources.text("observe.py"));
        String path = String.join(
                File.pathSeparator, tlsfuzzer.toString(), home("TLSLITE_HOME").toString(), source.toString());
        return new Checkouts(
                tlsfuzzer, observer, Map.of("PYTHONPATH", path, "PYTHONDONTWRITEBYTECODE", "1", "PYTHONHASHSEED", "0"));
    }

    Path directory() {
        return tlsfuzzer;
    }

    Map<String, String> environment() {
        return environment;
    }

    /** The command that runs a script for real; {@code results} receives a line per conversation. */
    List<String> run(Path results, String script, List<String> arguments) {
        return command("run", results, script, arguments);
    }

    /** The command that only writes the names of its conversations to {@code results}. */
    List<String> dry(Path results, String script, List<String> arguments) {
        return command("dry", results, script, arguments);
    }

    private List<String> command(String mode, Path results, String script, List<String> arguments) {
        List<String> words = new ArrayList<>();
        words.add(System.getenv().getOrDefault("PYTHON", "python3"));
        words.addAll(List.of("-u", observer.toString(), mode, SEED, results.toString()));
        words.add(tlsfuzzer.resolve("scripts").resolve(script).toString());
        words.addAll(arguments);
        return words;
    }

    private static Path home(String variable) {
        String value = System.getenv(variable);
        if (value == null || !Files.isDirectory(Path.of(value))) {
            throw new IllegalStateException("set the environment variable " + variable
                    + " to its source checkout (TLSFUZZER_HOME, TLSLITE_HOME and ECDSA_HOME are needed)");
        }
        return Path.of(value).toAbsolutePath();
    }
}
