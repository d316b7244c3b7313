package dev.lockstep.server.serve;

import dev.lockstep.server.Names;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.pem.PemFiles;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a server speaks: from options, or from a file that can be changed while the server runs. */
final class ProtocolOptions {

    private static final List<String> SETTINGS = List.of("policy", "suites", "groups", "sigalgs", "alpn");

    @Option(names = "--alpn", paramLabel = "NAME,...", description = "ALPN protocols, most preferred first.")
    private List<String> alpn = new ArrayList<>();

    @Option(names = "--policy", paramLabel = "NAME", description = "modern (default), intermediate or compatible.")
    private @Nullable String policy;

    @Option(names = "--suites", paramLabel = "NAME,...", description = "Exactly these cipher suites (IANA names).")
    private List<String> suites = new ArrayList<>();

    @Option(names = "--groups", paramLabel = "NAME,...", description = "Exactly these groups (IANA names).")
    private List<String> groups = new ArrayList<>();

    @Option(names = "--sigalgs", paramLabel = "NAME,...", description = "Exactly these signature schemes.")
    private List<String> sigalgs = new ArrayList<>();

    @Option(
            names = "--policy-file",
            paramLabel = "FILE",
            description = "The five of these from lines such as 'policy = modern' instead; read again when it changes.")
    private @Nullable Path policyFile;

    /** The settings of one moment; {@code sources} has the option or the file's line that each came from. */
    private record Settings(Map<String, List<String>> values, Map<String, String> sources) {

        List<String> of(String name) {
            return values.getOrDefault(name, List.of());
        }

        String source(String name) {
            return sources.getOrDefault(name, "--" + name);
        }
    }

    List<Path> files() {
        return policyFile == null ? List.of() : List.of(policyFile);
    }

    /** Builds a configuration that speaks as these options say now; the rest is in the builder already. */
    TlsServerConfig build(TlsServerConfigBuilder builder) throws UsageError {
        Settings settings = policyFile == null ? given() : inFile(policyFile);
        apply(settings, builder);
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            // The last check is the configuration's own; what it complains about came from one of our options.
            String message = String.valueOf(e.getMessage());
            throw UsageError.of(message.startsWith("cipherSuites") ? listSource(settings) : blame(settings), e);
        }
    }

    /** The name of the policy, for people. */
    String policy() throws UsageError {
        List<String> named = (policyFile == null ? given() : inFile(policyFile)).of("policy");
        return named.isEmpty() ? "modern" : named.get(0);
    }

    private Settings given() {
        Map<String, List<String>> values = new LinkedHashMap<>();
        values.put("policy", policy == null ? List.of() : List.of(policy));
        values.put("suites", suites);
        values.put("groups", groups);
        values.put("sigalgs", sigalgs);
        values.put("alpn", alpn);
        return new Settings(values, Map.of());
    }

    private Settings inFile(Path file) throws UsageError {
        for (Map.Entry<String, List<String>> option : given().values().entrySet()) {
            if (!option.getValue().isEmpty()) {
                throw new UsageError("--" + option.getKey(), "there is a --policy-file", "put it into " + file);
            }
        }
        Properties lines = new Properties();
        try (StringReader text = new StringReader(PemFiles.text("--policy-file", file))) {
            lines.load(text);
        } catch (IOException | IllegalArgumentException e) {
            throw new UsageError("--policy-file", file + " is damaged (" + e.getMessage() + ")", "write name = value");
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        Map<String, String> sources = new LinkedHashMap<>();
        for (String name : lines.stringPropertyNames()) {
            if (!SETTINGS.contains(name)) {
                throw new UsageError(
                        "--policy-file",
                        "'" + name + "' in " + file + " is no setting",
                        "use " + String.join(", ", SETTINGS));
            }
            values.put(name, List.of(lines.getProperty(name)));
            sources.put(name, "--policy-file, " + name);
        }
        return new Settings(values, sources);
    }

    private static void apply(Settings settings, TlsServerConfigBuilder builder) throws UsageError {
        List<String> named = settings.of("policy");
        builder.policy(Names.policy(settings.source("policy"), named.isEmpty() ? "modern" : named.get(0)));
        if (!settings.of("suites").isEmpty()) {
            builder.cipherSuites(Names.suites(settings.source("suites"), settings.of("suites")));
        }
        if (!settings.of("groups").isEmpty()) {
            builder.groups(Names.groups(settings.source("groups"), settings.of("groups")));
        }
        if (!settings.of("sigalgs").isEmpty()) {
            builder.signatureSchemes(Names.schemes(settings.source("sigalgs"), settings.of("sigalgs")));
        }
        try {
            builder.applicationProtocols(Names.split(settings.of("alpn")));
        } catch (IllegalArgumentException e) {
            throw UsageError.of(settings.source("alpn"), e);
        }
    }

    private static String blame(Settings settings) {
        boolean listsGiven = !settings.of("suites").isEmpty()
                || !settings.of("groups").isEmpty()
                || !settings.of("sigalgs").isEmpty();
        return listsGiven ? listSource(settings) : "--cert";
    }

    private static String listSource(Settings settings) {
        return !settings.of("suites").isEmpty()
                ? settings.source("suites")
                : !settings.of("groups").isEmpty() ? settings.source("groups") : settings.source("sigalgs");
    }
}
