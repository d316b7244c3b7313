package dev.lockstep.server.serve;

import dev.lockstep.nio.Handler;
import dev.lockstep.nio.Limits;
import dev.lockstep.nio.Preface;
import dev.lockstep.server.Environment;
import dev.lockstep.server.HelpSection;
import dev.lockstep.server.LimitOptions;
import dev.lockstep.server.Main;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.ProviderOptions;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.Version;
import dev.lockstep.server.backend.BackendOptions;
import dev.lockstep.server.credential.Findings;
import dev.lockstep.server.http.HttpApplication;
import dev.lockstep.server.keyuri.RemoteKeys;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import dev.lockstep.server.loop.ServerRunner;
import dev.lockstep.server.loop.Trace;
import dev.lockstep.server.ops.HangUp;
import dev.lockstep.server.ops.Operations;
import dev.lockstep.server.ops.Shutdown;
import dev.lockstep.server.pem.KeyPassword;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.server.warmup.WarmUp;
import dev.lockstep.tls.config.TlsServerConfig;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lockstep serve}: HTTPS or echo with certificates from files and keys from wherever they are. */
@Command(
        name = "serve",
        description = "Serves HTTPS with your certificates and keys, or relays connections to a backend.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  lockstep serve --port 8443 --cert chain.pem --key key.pem",
            "      A page about each connection, for a first try.",
            "  lockstep serve --host 0.0.0.0 --port 443 --cert chain.pem \\",
            "      --key keyserver:/run/lockstep-keys/keys.sock \\",
            "      --backend 127.0.0.1:8080 --proxy-protocol v2 --admin 9090",
            "      In front of an application; the key is in another process.",
            "  lockstep serve @/etc/lockstep/serve.args --check",
            "      Checks the options in a file, the files and keys, and exits."
        },
        versionProvider = Version.class,
        mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {

    private final Environment environment;

    @HelpSection("Listening")
    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on, 1 to 65535; 0 takes a free one. Required.")
    private @Nullable String port;

    @HelpSection("Listening")
    @Option(names = "--host", paramLabel = "HOST", description = "Address to listen on; ${DEFAULT-VALUE} by default.")
    private String host = "127.0.0.1";

    @Mixin
    private final CredentialOptions credentials = new CredentialOptions();

    @Mixin
    private final PskOptions psk = new PskOptions();

    @Mixin
    private final ProtocolOptions protocol = new ProtocolOptions();

    @Mixin
    private final ClientAuthOptions clients = new ClientAuthOptions();

    @Mixin
    private final RenegotiationOptions renegotiation = new RenegotiationOptions();

    @Mixin
    private final SessionOptions sessions = new SessionOptions();

    @Mixin
    private final LimitOptions limits = new LimitOptions();

    @Mixin
    private final OperatingOptions operating = new OperatingOptions();

    @Mixin
    private final BackendOptions backend = new BackendOptions();

    @Mixin
    private final ProviderOptions providers = new ProviderOptions();

    @HelpSection("Behind TLS")
    @Option(names = "--http", description = "Answer HTTP requests with a page about the connection (default).")
    @SuppressWarnings("UnusedVariable") // the default; the rules look whether it was given
    private boolean http;

    @HelpSection("Behind TLS")
    @Option(
            names = "--no-keep-alive",
            description = "Answer one HTTP request on each connection, and close it; with the built-in page only.")
    private boolean noKeepAlive;

    @HelpSection("Behind TLS")
    @Option(names = "--echo", description = "Send every record back.")
    private boolean echo;

    @HelpSection("Debugging")
    @Option(names = "--trace", description = "One line for each state change, SUSPEND and RESUME included.")
    private boolean trace;

    @HelpSection("Debugging")
    @Option(names = "--keylog", paramLabel = "FILE", description = "Append the secrets in NSS format, for debugging.")
    private @Nullable Path keylog;

    @HelpSection(HelpSection.OPERATION)
    @Option(
            names = "--check",
            description = "Check everything, keys included, and exit: with 0, or with 2 and a line for each problem.")
    private boolean check;

    @Spec
    private @Nullable CommandSpec command;

    public ServeCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        ServeRules.check(Objects.requireNonNull(command).commandLine().getParseResult());
        int number = check && port == null
                ? 0
                : Numbers.require("--port", port, 0, 65535, "give the port to listen on, or 0 for a free one");
        protocol.onlyHttp1 = !backend.isGiven() && !echo;
        operating.checking = check;
        int handshakes = operating.warmUp();
        credentials.optional = psk.isGiven();
        limits.requireForEach(operating.threads());
        Limits clientLimits = backend.limits(limits.limits(backend.descriptorsOfAConnection()));
        Function<SocketAddress, @Nullable Preface> prefaces = backend.prefaces();
        Configuration.Options options = new Configuration.Options(
                credentials, psk, protocol, clients, renegotiation, sessions, limits, backend, providers);
        if (!check) {
            OwnFiles.require(outputs(), options.files());
        }
        Trace tracer = new Trace(environment.out(), trace ? Trace.Detail.ALL : Trace.Detail.OFF);
        try (HangUp hangUp = HangUp.handled();
                Operations operations = operating.open(environment);
                RemoteKeys remote = new RemoteKeys(
                        environment.variables(),
                        () -> reading(operations),
                        operations.threads(),
                        operations.keys()::link)) {
            List<String> backends = new ArrayList<>();
            Supplier<Handler> terminator = backend.handlers(operations.log(), operations.metrics(), backends::add);
            Configuration configuration = new Configuration(
                    environment,
                    options,
                    credentials.keyMode(operations::full, providers.providers()),
                    remote,
                    tracer,
                    keylog == null || check
                            ? null
                            : KeyLogFile.open("--keylog", keylog, operations::configuration, operations.log()),
                    operations);
            if (check) {
                return check(configuration, number);
            }
            Application application = terminator == null
                    ? new Application(
                            echo ? "echo" : "https",
                            echo ? () -> EchoApplication.INSTANCE : () -> new HttpApplication(!noKeepAlive))
                    : new Application("TLS for backend " + backends.get(0), terminator);
            return serve(configuration, application, prefaces, clientLimits, handshakes, number, hangUp);
        }
    }

    private Map<String, Path> outputs() throws UsageError {
        Map<String, Path> outputs = new LinkedHashMap<>();
        Path access = operating.accessLogFile();
        if (access != null) {
            outputs.put("--access-log", access);
        }
        if (keylog != null) {
            outputs.put("--keylog", keylog);
        }
        return outputs;
    }

    /**
     * What is behind TLS.
     *
     * @param name in a few words
     * @param handlers makes the handler of each connection
     */
    private record Application(String name, Supplier<? extends Handler> handlers) {}

    private int check(Configuration configuration, int number) throws UsageError {
        Findings findings = configuration.check();
        findings.attempt(() -> ServerRunner.check(host, number, findings::warn));
        operating.check(host, number, findings);
        findings.attempt(() -> {
            if (keylog != null) {
                KeyLogFile.check("--keylog", keylog, findings::warn);
            }
        });
        findings.attempt(() -> OwnFiles.require(outputs(), configuration.files()));
        findings.warnings().forEach(each -> environment.err().println(UsageError.oneLine("warning: " + each)));
        findings.problems().forEach(problem -> environment.err().println(problem.getMessage()));
        environment.err().flush();
        if (!findings.problems().isEmpty()) {
            return Main.USAGE;
        }
        if (providers.isGiven()) {
            providers.providers().table().forEach(line -> environment.out().println("crypto: " + line));
        }
        environment
                .out()
                .println("good: policy " + protocol.policy() + ", " + credentials.describe(configuration.keyMode()));
        environment.out().flush();
        return 0;
    }

    private int serve(
            Configuration configuration,
            Application application,
            Function<SocketAddress, @Nullable Preface> prefaces,
            Limits clientLimits,
            int handshakes,
            int number,
            HangUp hangUp)
            throws UsageError, IOException {
        RemoteKeys remote = configuration.remote();
        Trace tracer = configuration.trace();
        try (Reloader reloader = Reloader.load(configuration, credentials.requireKeys)) {
            String what = application.name() + ", policy " + protocol.policy() + ", "
                    + reloader.current().cipherSuites().size() + " suites, "
                    + credentials.describe(configuration.keyMode());
            ServerRunner.Site site = new ServerRunner.Site(
                    reloader::current,
                    application.handlers(),
                    tracer,
                    what,
                    remote::companions,
                    clientLimits,
                    configuration.operations(),
                    limits.isShareGiven(),
                    loop -> loop.prefaces(prefaces));
            if (handshakes > 0) {
                warmUp(reloader.current(), handshakes, configuration.operations());
            }
            serve(site, reloader, number, hangUp);
        }
        return 0;
    }

    private static void warmUp(TlsServerConfig config, int handshakes, Operations operations) {
        try {
            WarmUp.Result result = WarmUp.run(config, handshakes);
            operations.log().log(LogEvent.of(EventType.WARMED_UP, "handshakes were made in memory")
                    .with("handshakes", result.handshakes())
                    .with("afterMillis", result.millis()));
        } catch (GeneralSecurityException e) {
            operations.configuration("--warm-up had no effect: the JDK's client and this configuration do not fit ("
                    + e.getMessage() + ")");
        }
    }

    private void serve(ServerRunner.Site site, Reloader reloader, int number, HangUp hangUp)
            throws UsageError, IOException {
        Operations operations = site.operations();
        Shutdown[] shutdown = new Shutdown[1];
        hangUp.runs(() -> onHangUp(reloader, operations));
        try {
            ServerRunner.serve(
                    environment,
                    host,
                    number,
                    site,
                    loops -> shutdown[0] = Shutdown.of(operations, loops),
                    bound -> reloader.start());
        } finally {
            hangUp.ignore();
            if (shutdown[0] != null) {
                shutdown[0].close();
            }
        }
    }

    private static void onHangUp(Reloader reloader, Operations operations) {
        reloader.ask();
        if (operations.accessLog() != null) {
            operations.accessLog().reopen();
        }
    }

    /** For the files of keys outside; what is wrong with the password was said when the configuration was loaded. */
    private Reading reading(Operations operations) {
        try {
            return new Reading(
                    KeyPassword.find(credentials.keyPasswordFile, environment.variables()), operations::configuration);
        } catch (UsageError e) {
            return new Reading(null, note -> {});
        }
    }
}
