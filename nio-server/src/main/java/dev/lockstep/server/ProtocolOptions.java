package dev.lockstep.server;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What a server speaks. */
final class ProtocolOptions {

    @Option(names = "--alpn", paramLabel = "NAME,...", description = "ALPN protocols, most preferred first.")
    private List<String> alpn = new ArrayList<>();

    @Option(
            names = "--policy",
            paramLabel = "NAME",
            description = "modern, intermediate or compatible; ${DEFAULT-VALUE}.")
    private String policy = "modern";

    @Option(names = "--suites", paramLabel = "NAME,...", description = "Exactly these cipher suites (IANA names).")
    private List<String> suites = new ArrayList<>();

    @Option(names = "--groups", paramLabel = "NAME,...", description = "Exactly these groups (IANA names).")
    private List<String> groups = new ArrayList<>();

    @Option(names = "--sigalgs", paramLabel = "NAME,...", description = "Exactly these signature schemes.")
    private List<String> sigalgs = new ArrayList<>();

    String policy() {
        return policy;
    }

    void apply(TlsServerConfigBuilder builder) throws UsageError {
        builder.policy(Names.policy("--policy", policy));
        if (!suites.isEmpty()) {
            builder.cipherSuites(Names.suites("--suites", suites));
        }
        if (!groups.isEmpty()) {
            builder.groups(Names.groups("--groups", groups));
        }
        if (!sigalgs.isEmpty()) {
            builder.signatureSchemes(Names.schemes("--sigalgs", sigalgs));
        }
        try {
            builder.applicationProtocols(Names.split(alpn));
        } catch (IllegalArgumentException e) {
            throw UsageError.of("--alpn", e);
        }
    }

    /** The last check is the configuration's own; what it complains about came from one of our options. */
    TlsServerConfig build(TlsServerConfigBuilder builder) throws UsageError {
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            boolean listsGiven = !suites.isEmpty() || !groups.isEmpty() || !sigalgs.isEmpty();
            throw UsageError.of(message.startsWith("cipherSuites") || listsGiven ? listOption() : "--cert", e);
        }
    }

    private String listOption() {
        return !suites.isEmpty() ? "--suites" : !groups.isEmpty() ? "--groups" : "--sigalgs";
    }
}
