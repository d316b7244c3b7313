package dev.lockstep.interop.tlsfuzzer;

import dev.lockstep.interop.LockstepJar;
import dev.lockstep.interop.ServerProcess;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/** How the server under test is started for each profile, and what it does not have. */
final class ServerDescription {
    private final String name;
    private final Properties properties = new Properties();
    private final Path certificates;

    /** Reads the resource {@code name.properties}. */
    ServerDescription(String name, Path certificates) throws IOException {
        this.name = name;
        this.certificates = certificates;
        properties.load(new StringReader(Resources.text(name + ".properties")));
    }

    String name() {
        return name;
    }

    Path certificates() {
        return certificates;
    }

    /** The length of an HTTP answer, which some scripts want to know. */
    String replySize() {
        return properties.getProperty("reply_size");
    }

    /** What is missing for an entry to say something; empty if nothing is. */
    Optional<String> missingFor(Entry entry) {
        List<String> keys = new ArrayList<>(List.of("lacks.id." + entry.id(), "lacks.profile." + entry.profile()));
        entry.needs().forEach(need -> keys.add("lacks." + need));
        return keys.stream()
                .map(properties::getProperty)
                .filter(missing -> missing != null)
                .findFirst();
    }

    /** Conversations of an entry that need what is missing, where the others of it do not. */
    Optional<Pattern> leftOut(Entry entry) {
        return Optional.ofNullable(properties.getProperty("without." + entry.id()))
                .map(Pattern::compile);
    }

    ServerProcess start(String profile, KeyMode keys) throws IOException, InterruptedException {
        String line = properties.getProperty(profile);
        if (line == null) {
            throw new IOException(name + ".properties has no profile " + profile);
        }
        List<String> words = new ArrayList<>();
        for (String word : ShellWords.split(line)) {
            switch (word) {
                case "{lockstep}" -> words.addAll(LockstepJar.command());
                case "{keys}" -> words.addAll(keys.options());
                default -> words.add(word.replace("{certs}", certificates.toString()));
            }
        }
        return ServerProcess.start(words, properties.getProperty("ready"));
    }
}
