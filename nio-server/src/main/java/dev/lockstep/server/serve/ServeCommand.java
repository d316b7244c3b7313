package dev.lockstep.server.serve;

import dev.lockstep.nio.Handler;
import dev.lockstep.server.Environment;
import dev.lockstep.server.HangUpSignal;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.ServerRunner;
import dev.lockstep.server.Trace;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.backend.BackendOptions;
import dev.lockstep.server.http.HttpApplication;
import dev.lockstep.server.keyuri.RemoteKeys;
import dev.lockstep.tls.config.KeyLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep serve}: HTTPS or echo with certificates from files and keys from wherever they are. */
@Command(
        name = "serve",
        description = "Serves HTTPS (or TLS echo) with your certificates and keys.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class ServeCommand implements Callable<Integer> {

    private final Environment environment;

    @Option(names = "--port", paramLabel = "PORT", description = "Port to listen on; 0 takes a free one.")
    private @Nullable String port;

    @Option(names = "--host", paramLabel = "HOST", description = "Address to listen on; ${DEFAULT-VALUE}.")
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
    private final BackendOptions backend = new BackendOptions();

    @Option(names = "--http", description = "Answer HTTP requests with a page about the connection (default).")
    private boolean http;

    @Option(names = "--echo", description = "Send every record back.")
    private boolean echo;

    @Option(names = "--trace", description = "One line for each state change, SUSPEND and RESUME included.")
    private boolean trace;

    @Option(names = "--keylog", paramLabel = "FILE", description = "Append the secrets in NSS format, for debugging.")
    private @Nullable Path keylog;

    public ServeCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        int number = Numbers.require("--port", port, 0, 65535, "give the port to listen on, or 0 for a free one");
        if (http && echo) {
            throw new UsageError("--echo", "was given together with --http", "choose one");
        }
        if (backend.isGiven() && (http || echo)) {
            throw new UsageError("--backend", "was given together with " + (http ? "--http" : "--echo"), "choose one");
        }
        List<String> backends = new ArrayList<>();
        Supplier<Handler> terminator = backend.handlers(environment, backends::add);
        credentials.optional = psk.isGiven();
        KeyMode keyMode = credentials.keyMode();
        Trace tracer = new Trace(environment.out(), trace ? Trace.Detail.ALL : Trace.Detail.OFF);
        KeyLog keyLog = keylog == null ? null : KeyLogFile.open("--keylog", keylog);
        try (RemoteKeys remote = new RemoteKeys(environment.variables());
                Reloader reloader = Reloader.load(new Configuration(
                        environment,
                        new Configuration.Options(
                                credentials, psk, protocol, clients, renegotiation, sessions, backend),
                        keyMode,
                        remote,
                        tracer,
                        keyLog))) {
            String application = echo ? "echo" : "https";
            String what = (terminator == null ? application : "TLS for backend " + backends.get(0)) + ", policy "
                    + protocol.policy() + ", "
                    + reloader.current().cipherSuites().size() + " suites, " + credentials.describe(keyMode);
            ServerRunner.Site site = new ServerRunner.Site(
                    reloader::current,
                    terminator != null ? terminator : echo ? () -> EchoApplication.INSTANCE : HttpApplication::new,
                    tracer,
                    what,
                    remote.companions(),
                    backend::apply);
            ServerRunner.serve(environment, host, number, site, bound -> {
                reloader.start();
                HangUpSignal.handle(reloader::ask);
            });
        }
        return 0;
    }
}
