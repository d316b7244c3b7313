package dev.lockstep.server;

import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.keys.Credential;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lockstep serve}: HTTPS or echo with certificates and keys from files. */
@Command(
        name = "serve",
        description = "Serves HTTPS (or TLS echo) with your certificates and keys.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {

    /** Milliseconds. A handshake waits 30 s for a key, so a longer delay would fail every one. */
    private static final int LONGEST_KEY_DELAY = 25_000;

    private final Environment environment;

    @Option(names = "--port", paramLabel = "PORT", description = "Port to listen on; 0 takes a free one.")
    private @Nullable String port;

    @Option(names = "--host", paramLabel = "HOST", description = "Address to listen on; ${DEFAULT-VALUE}.")
    private String host = "127.0.0.1";

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "Certificate chain in PEM, leaf first. Repeat --cert and --key for another key type.")
    private List<Path> certs = new ArrayList<>();

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Private key of the --cert with the same number: PKCS#8, PKCS#1, SEC1, PBES2-encrypted.")
    private List<Path> keys = new ArrayList<>();

    @Option(
            names = "--key-password-file",
            paramLabel = "FILE",
            description = "Its first line opens encrypted keys; without it, the variable LOCKSTEP_KEY_PASSWORD does.")
    private @Nullable Path keyPasswordFile;

    @Option(
            names = "--sni",
            paramLabel = "HOST=CERT,KEY",
            description = "Another certificate and key for a host name or *.domain. Repeatable.")
    private List<String> sni = new ArrayList<>();

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

    @Option(names = "--key-delay-ms", paramLabel = "N", description = "The key answers N milliseconds later.")
    private @Nullable String keyDelay;

    @Option(names = "--key-inline", description = "The key computes on the selector thread.")
    private boolean keyInline;

    @Option(names = "--http", description = "Answer HTTP requests with a page about the connection (default).")
    private boolean http;

    @Option(names = "--echo", description = "Send every record back.")
    private boolean echo;

    @Option(names = "--trace", description = "One line for each state change, SUSPEND and RESUME included.")
    private boolean trace;

    @Option(names = "--keylog", paramLabel = "FILE", description = "Append the secrets in NSS format, for debugging.")
    private @Nullable Path keylog;

    ServeCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        int number = Numbers.require("--port", port, 0, 65535, "give the port to listen on, or 0 for a free one");
        if (http && echo) {
            throw new UsageError("--echo", "was given together with --http", "choose one");
        }
        KeyMode keyMode = keyMode();
        TlsServerConfigBuilder builder = TlsServerConfig.builder();
        addCredentials(builder, keyMode);
        applyLists(builder);
        Trace tracer = new Trace(environment.out(), trace ? Trace.Detail.ALL : Trace.Detail.OFF);
        builder.observer(tracer);
        TlsServerConfig config = build(builder);
        if (keylog != null) {
            config = build(builder.keyLog(KeyLogFile.open("--keylog", keylog)));
        }
        String what = (echo ? "echo" : "https") + ", policy " + policy + ", "
                + config.cipherSuites().size() + " suites, " + keyMode.describe();
        Listener.serve(
                environment,
                host,
                number,
                config,
                echo ? () -> EchoApplication.INSTANCE : HttpApplication::new,
                tracer,
                what,
                bound -> {});
        return 0;
    }

    private KeyMode keyMode() throws UsageError {
        if (keyDelay == null) {
            return keyInline ? KeyMode.inline() : KeyMode.pooled();
        }
        if (keyInline) {
            throw new UsageError("--key-inline", "contradicts --key-delay-ms", "choose one");
        }
        return KeyMode.delayed(Numbers.require("--key-delay-ms", keyDelay, 0, LONGEST_KEY_DELAY, "give milliseconds"));
    }

    private void addCredentials(TlsServerConfigBuilder builder, KeyMode keyMode) throws UsageError {
        if (certs.isEmpty() && sni.isEmpty()) {
            throw new UsageError(
                    "--cert", "none was given", "give --cert FILE --key FILE, or try 'lockstep demo' without files");
        }
        if (certs.size() != keys.size()) {
            throw new UsageError(
                    certs.size() > keys.size() ? "--key" : "--cert",
                    "there are " + certs.size() + " --cert and " + keys.size() + " --key",
                    "give one --key for each --cert, in the same order");
        }
        char[] password = KeyPassword.find(keyPasswordFile, environment.variables());
        try {
            CredentialFiles files =
                    new CredentialFiles(keyMode, password, environment.clock().instant());
            for (int i = 0; i < certs.size(); i++) {
                builder.credential(files.load("--cert", certs.get(i), "--key", keys.get(i)));
            }
            for (String value : sni) {
                addSni(builder, files, value);
            }
        } finally {
            if (password != null) {
                Arrays.fill(password, '\0');
            }
        }
    }

    private static void addSni(TlsServerConfigBuilder builder, CredentialFiles files, String value) throws UsageError {
        int equals = value.indexOf('=');
        int comma = value.lastIndexOf(',');
        if (equals <= 0 || comma < equals + 2 || comma == value.length() - 1) {
            throw new UsageError("--sni", "'" + value + "' has another form", "write HOST=CERTFILE,KEYFILE");
        }
        Path cert = Path.of(value.substring(equals + 1, comma));
        Credential credential = files.load("--sni", cert, "--sni", Path.of(value.substring(comma + 1)));
        try {
            builder.credential(value.substring(0, equals), credential);
        } catch (IllegalArgumentException e) {
            throw UsageError.of("--sni", e);
        }
    }

    private void applyLists(TlsServerConfigBuilder builder) throws UsageError {
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
    private TlsServerConfig build(TlsServerConfigBuilder builder) throws UsageError {
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
