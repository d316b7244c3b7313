package dev.lockstep.server.demo;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.nio.Limits;
import dev.lockstep.server.Environment;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.ShutdownHook;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.Version;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.LogFormat;
import dev.lockstep.server.loop.ServerRunner;
import dev.lockstep.server.loop.Trace;
import dev.lockstep.server.ops.Observers;
import dev.lockstep.server.ops.Operations;
import dev.lockstep.server.pem.CertificateChain;
import dev.lockstep.tls.config.ConnectionObserver;
import dev.lockstep.tls.config.TlsServerConfig;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lockstep demo}: HTTPS on this machine with throw-away keys that a second process makes and keeps. */
@Command(
        name = "demo",
        description = {
            "Serves HTTPS with throw-away certificates, the keys in a key server: a process of its own.",
            "The page shows how handshakes are suspended while they wait for a key."
        },
        versionProvider = Version.class,
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {

    private static final int KEY_DELAY_MILLIS = 300;
    private static final String HOST = "127.0.0.1";

    private final Environment environment;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on, 1 to 65535, or 0 for a free one; ${DEFAULT-VALUE} by default.")
    private String port = "8443";

    public DemoCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws UsageError, IOException {
        int number = Numbers.require("--port", port, 0, 65535, "give the port to listen on, or 0 for a free one");
        DemoPages pages = DemoPages.load(KEY_DELAY_MILLIS);
        DemoEvents events = new DemoEvents(System::nanoTime);
        // The port comes first: when it is occupied, nothing has been started.
        // The hook is closed last: the process ends when the key server has ended and its directory is gone.
        try (ServerSocketChannel socket = ServerRunner.open(HOST, number);
                ShutdownHook hook = ShutdownHook.register()) {
            int bound = ((InetSocketAddress) socket.getLocalAddress()).getPort();
            tellWhatToDo(bound);
            try (DemoKeyServer keyServer =
                            DemoKeyServer.start(environment.out(), line -> onKeyUse(events, line), KEY_DELAY_MILLIS);
                    KeyServerKeys keys = KeyServerKeys.unix(keyServer.socket()).build();
                    Operations operations = Operations.of(
                            EventLog.to(environment.err(), LogFormat.TEXT, Level.WARNING, environment.clock()),
                            null,
                            1,
                            Duration.ZERO,
                            null)) {
                DemoClient client = client(keyServer.directory(), bound);
                DemoWatch watch = new DemoWatch(events, client::isFrom);
                try (DemoBurst burst = new DemoBurst(events, client, watch, System::nanoTime)) {
                    Trace trace = new Trace(environment.out(), Trace.Detail.WAITS);
                    TlsServerConfig config = configuration(keyServer.directory(), keys, new Observers(trace, watch));
                    DemoHandler.Site page = new DemoHandler.Site(pages, events, burst::begin, KEY_DELAY_MILLIS);
                    tellWhoIsWho(keyServer);
                    ServerRunner.Site site = new ServerRunner.Site(
                            () -> config,
                            () -> new DemoHandler(page),
                            trace,
                            "https, every key operation takes " + KEY_DELAY_MILLIS + " ms more",
                            loop -> List.of(keys),
                            Limits.DEFAULT,
                            operations,
                            false,
                            loop -> loop.observer(watch));
                    ServerRunner.serve(
                            environment, HOST, socket, site, loops -> hook.stopping(loops::close), any -> environment
                                    .out()
                                    .println("try: curl --cacert "
                                            + keyServer.directory().resolve("ca.pem") + " https://localhost:" + bound
                                            + "/connection"));
                }
            }
        }
        return 0;
    }

    private void tellWhatToDo(int bound) {
        PrintWriter out = environment.out();
        out.println("Open https://localhost:" + bound + "/ in a browser on this machine and press the button there.");
        out.println("The browser warns, because this demo made its certificate a moment ago and no authority"
                + " knows it: continue.");
        out.println();
        out.flush();
    }

    private void onKeyUse(DemoEvents events, String line) {
        environment.out().println("KEYLOG  " + line);
        events.publish(events.event("key").with("line", line));
    }

    private static DemoClient client(Path directory, int bound) throws IOException {
        try (InputStream file = Files.newInputStream(directory.resolve("ca.pem"))) {
            Certificate authority = CertificateFactory.getInstance("X.509").generateCertificate(file);
            return new DemoClient(authority, bound);
        } catch (GeneralSecurityException e) {
            throw new IOException("the client of the demo cannot be made", e);
        }
    }

    private TlsServerConfig configuration(Path directory, KeyServerKeys keys, ConnectionObserver observer)
            throws UsageError {
        TlsServerConfigBuilder builder = TlsServerConfig.builder().observer(observer);
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
