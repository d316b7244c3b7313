package dev.lockstep.server.demo;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.nio.Limits;
import dev.lockstep.server.Environment;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.ServerRunner;
import dev.lockstep.server.ShutdownHook;
import dev.lockstep.server.Trace;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.http.HttpApplication;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.LogFormat;
import dev.lockstep.server.ops.Operations;
import dev.lockstep.server.pem.CertificateChain;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lockstep demo}: HTTPS on this machine with throw-away keys that a second process makes and keeps. */
@Command(
        name = "demo",
        description = "Serves HTTPS with throw-away certificates, the keys in a key server: a process of its own.",
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {

    private static final int KEY_DELAY_MILLIS = 300;

    private final Environment environment;

    @Option(names = "--port", paramLabel = "PORT", description = "Port to listen on; ${DEFAULT-VALUE}.")
    private String port = "8443";

    public DemoCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws UsageError, IOException {
        int number = Numbers.require("--port", port, 0, 65535, "give the port to listen on, or 0 for a free one");
        // Closed last: the process ends when the key server has ended and its directory is gone, not before.
        try (ShutdownHook hook = ShutdownHook.register();
                DemoKeyServer keyServer = DemoKeyServer.start(environment.out(), KEY_DELAY_MILLIS);
                KeyServerKeys keys = KeyServerKeys.unix(keyServer.socket()).build();
                Operations operations = Operations.of(
                        EventLog.to(environment.err(), LogFormat.TEXT, Level.WARNING, environment.clock()),
                        null,
                        1,
                        Duration.ZERO,
                        null)) {
            Trace trace = new Trace(environment.out(), Trace.Detail.WAITS);
            TlsServerConfig config = configuration(keyServer.directory(), keys, trace);
            tellWhoIsWho(keyServer);
            ServerRunner.Site site = new ServerRunner.Site(
                    () -> config,
                    HttpApplication::new,
                    trace,
                    "https, every key operation takes " + KEY_DELAY_MILLIS + " ms more",
                    loop -> List.of(keys),
                    Limits.DEFAULT,
                    operations);
            ServerRunner.serve(
                    environment, "127.0.0.1", number, site, loops -> hook.stopping(loops::close), bound -> environment
                            .out()
                            .println("try: curl --cacert "
                                    + keyServer.directory().resolve("ca.pem") + " https://localhost:" + bound + "/"));
        }
        return 0;
    }

    private TlsServerConfig configuration(Path directory, KeyServerKeys keys, Trace trace) throws UsageError {
        TlsServerConfigBuilder builder = TlsServerConfig.builder().observer(trace);
        for (String name : List.of("ec.pem", "rsa.pem")) {
            builder.credential(keys.credential(CertificateChain.load(
                    "demo", directory.resolve(name), environment.clock().instant())));
        }
        return builder.build();
    }

    private void tellWhoIsWho(DemoKeyServer keyServer) {
        PrintWriter out = environment.out();
        out.println("process " + keyServer.pid() + " is the key server: it made the private keys, in its memory");
        out.println("process " + ProcessHandle.current().pid() + " is this TLS server: it has none, and asks at "
                + keyServer.socket());
        out.println("each use of a key is written to " + keyServer.log() + ", and shown here as KEYLOG");
    }
}
