package dev.lockstep.server.serve;

import dev.lockstep.keys.Discard;
import dev.lockstep.keys.ExecutorAsk;
import dev.lockstep.keys.WorkerPools;
import dev.lockstep.server.HelpSection;
import dev.lockstep.server.Names;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.loop.FairPools;
import dev.lockstep.tls.config.SuiteOrder;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.key.KeyAgreementRequest;
import dev.lockstep.tls.key.KeyPairReserve;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.setting.ConfigWarning;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a server speaks: from options, or from a file that can be changed while the server runs. */
@HelpSection("Protocol")
final class ProtocolOptions {

    /** Of each finite field group that is used: a burst of handshakes, at a quarter of a second's work. */
    private static final int KEY_PAIRS_AHEAD = 64;

    private static final List<String> SETTINGS =
            List.of("policy", "suites", "suite-order", "groups", "sigalgs", "alpn");

    @Option(
            names = "--alpn",
            paramLabel = "NAME,...",
            description = "ALPN protocols, most preferred first; the built-in page speaks http/1.1.")
    private List<String> alpn = new ArrayList<>();

    @Option(names = "--policy", paramLabel = "NAME", description = "modern (default), intermediate or compatible.")
    private @Nullable String policy;

    @Option(
            names = "--suites",
            paramLabel = "NAME,...",
            description = "Exactly these cipher suites (names of IANA or OpenSSL).")
    private List<String> suites = new ArrayList<>();

    @Option(
            names = "--suite-order",
            paramLabel = "WHOSE",
            description = "Whose order of suites decides: server (default) or client.")
    private @Nullable String suiteOrder;

    @Option(names = "--groups", paramLabel = "NAME,...", description = "Exactly these groups, such as x25519 or P-256.")
    private List<String> groups = new ArrayList<>();

    @Option(names = "--sigalgs", paramLabel = "NAME,...", description = "Exactly these signature schemes.")
    private List<String> sigalgs = new ArrayList<>();

    @Option(
            names = "--policy-file",
            paramLabel = "FILE",
            description = "A file with these settings in lines such as 'policy = modern'; read again when it changes.")
    private @Nullable Path policyFile;

    /** Whether what is behind TLS speaks HTTP/1.1 and no other protocol. */
    boolean onlyHttp1;

    /** For all configurations of a server that is reloaded; its one thread begins with the first handshake that needs it. */
    private final KeyPairReserve reserve =
            KeyPairReserve.of(WorkerPools.boundedPool(1, 16), KEY_PAIRS_AHEAD, new SecureRandom());

    /** As {@link #reserve}; its threads begin with the first handshake in a large group. */
    private @Nullable ExecutorAsk<KeyAgreementRequest, byte[]> agreements;

    /** What is asked for at one moment; {@code sources} has the option or the file's line that each came from. */
    record Given(Map<String, List<String>> values, Map<String, String> sources) {

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

    /**
     * Builds a configuration that speaks as these options say now; the rest is in the builder already.
     *
     * @param full receives a line for each handshake that is refused because too many agree on their secrets, on any thread
     */
    TlsServerConfig build(TlsServerConfigBuilder builder, Consumer<String> full) throws UsageError {
        builder.keyPairReserve(reserve);
        if (agreements == null) {
            int threads = Runtime.getRuntime().availableProcessors();
            agreements = ExecutorAsk.<KeyAgreementRequest, byte[]>of(
                            KeyAgreementRequest::agree,
                            Discard::bytes,
                            FairPools.of(full, threads, "finite-field key agreements"))
                    .sharedBy(KeyAgreementRequest::clientAddress);
        }
        builder.keyAgreements(agreements);
        Given given = apply(builder);
        try {
            TlsServerConfig config = builder.build();
            for (ConfigWarning warning : config.warnings()) {
                // What was asked for on a command line and has no effect is a mistake. Of OCSP responses is warned
                // before.
                if (!warning.field().equals("ocspResponse")) {
                    throw new UsageError(option(given, warning.field()), warning.reason(), warning.fix());
                }
            }
            return config;
        } catch (ConfigException e) {
            throw UsageError.of(option(given, e.field()), e);
        }
    }

    /** Puts what these options say into a configuration that is not built. */
    Given apply(TlsServerConfigBuilder builder) throws UsageError {
        Given given = policyFile == null ? given() : inFile(policyFile);
        apply(given, builder);
        return given;
    }

    /** The name of the policy, for people. */
    String policy() throws UsageError {
        List<String> named = (policyFile == null ? given() : inFile(policyFile)).of("policy");
        return named.isEmpty() ? "modern" : named.get(0);
    }

    private Given given() {
        Map<String, List<String>> values = new LinkedHashMap<>();
        values.put("policy", policy == null ? List.of() : List.of(policy));
        values.put("suites", suites);
        values.put("suite-order", suiteOrder == null ? List.of() : List.of(suiteOrder));
        values.put("groups", groups);
        values.put("sigalgs", sigalgs);
        values.put("alpn", alpn.stream().map(ProtocolOptions::inBytes).toList());
        return new Given(values, Map.of());
    }

    /** A protocol has bytes (RFC 7301 3.1), a character for each: those of UTF-8, also in a file. */
    private static String inBytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private Given inFile(Path file) throws UsageError {
        for (Map.Entry<String, List<String>> option : given().values().entrySet()) {
            if (!option.getValue().isEmpty()) {
                throw new UsageError("--" + option.getKey(), "there is a --policy-file", "put it into " + file);
            }
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        Map<String, String> sources = new LinkedHashMap<>();
        PolicyFile.read(file, SETTINGS).forEach((name, setting) -> {
            values.put(name, List.of(setting.value()));
            sources.put(name, setting.source());
        });
        return new Given(values, sources);
    }

    private void requireUsable(String option, List<String> protocols) throws UsageError {
        Set<String> seen = new HashSet<>();
        for (String protocol : protocols) {
            if (!seen.add(protocol)) {
                throw new UsageError(option, "'" + protocol + "' is named twice", "name each protocol once");
            }
            if (onlyHttp1 && protocol.equals("h2") && !seen.contains("http/1.1")) {
                throw new UsageError(
                        option,
                        "clients would choose h2, and the built-in page speaks HTTP/1.1",
                        "leave h2 out, name http/1.1 before it, or give a --backend that speaks h2");
            }
        }
    }

    private void apply(Given given, TlsServerConfigBuilder builder) throws UsageError {
        List<String> named = given.of("policy");
        builder.policy(Names.policy(given.source("policy"), named.isEmpty() ? "modern" : named.get(0)));
        if (!given.of("suites").isEmpty()) {
            builder.cipherSuites(Names.suites(given.source("suites"), given.of("suites")));
        }
        if (!given.of("suite-order").isEmpty()) {
            builder.suiteOrder(
                    order(given.source("suite-order"), given.of("suite-order").get(0)));
        }
        if (!given.of("groups").isEmpty()) {
            builder.groups(Names.groups(given.source("groups"), given.of("groups")));
        }
        if (!given.of("sigalgs").isEmpty()) {
            builder.signatureSchemes(Names.schemes(given.source("sigalgs"), given.of("sigalgs")));
        }
        List<String> protocols = Names.split(given.of("alpn"));
        requireUsable(given.source("alpn"), protocols);
        try {
            builder.applicationProtocols(protocols);
        } catch (ConfigException e) {
            throw UsageError.of(given.source("alpn"), e);
        }
    }

    private static SuiteOrder order(String option, String value) throws UsageError {
        return switch (value) {
            case "server" -> SuiteOrder.SERVER;
            case "client" -> SuiteOrder.CLIENT;
            default -> throw new UsageError(option, "'" + value + "' is neither side", "use server or client");
        };
    }

    /** The option that set a field of the configuration; those without one are about certificates. */
    private static String option(Given given, String field) {
        return switch (field) {
            case "cipherSuites" -> given.source(given.of("suites").isEmpty() ? "policy" : "suites");
            case "groups" -> given.source("groups");
            case "signatureSchemes" -> given.source("sigalgs");
            case "applicationProtocols" -> given.source("alpn");
            case "clientAuthentication", "certificateAuthorities" -> "--client-auth";
            case "pskIdentityHint" -> "--psk-hint";
            case "requireKnownServerName" -> "--sni-strict";
            case "ocspResponse" -> "--ocsp";
            default -> "--cert";
        };
    }
}
