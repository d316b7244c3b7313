package dev.lockstep.server.keyserver;

import dev.lockstep.keys.pkcs11.Pkcs11Keys;
import dev.lockstep.server.Environment;
import dev.lockstep.server.HelpSection;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.ShutdownHook;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.Version;
import dev.lockstep.server.audit.KeyUseLog;
import dev.lockstep.server.keyserver.listener.ClientListener;
import dev.lockstep.server.keyserver.listener.TcpOptions;
import dev.lockstep.server.keyserver.listener.UnixOptions;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.ops.HangUp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lockstep keyserver}: holds private keys and works with them for servers on this machine or others. */
@Command(
        name = "keyserver",
        description = "Holds private keys, and signs and decrypts with them for TLS servers in other processes.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  lockstep keyserver --socket /run/lockstep-keys/keys.sock \\",
            "      --socket-mode 0660 --socket-group lockstep --allow-uid 1001 \\",
            "      --key key.pem --cert chain.pem --log /var/log/lockstep-keys/keys.log",
            "      For a server on this machine with 'serve --key keyserver:/run/...'.",
            "  lockstep keyserver --tcp 10.0.0.5:7443 --tls-cert own.pem --tls-key own.key \\",
            "      --tls-client-ca clients.pem --allow-client dns:web1.example \\",
            "      --pkcs11 /usr/lib/softhsm/libsofthsm2.so --pkcs11-pin-file /etc/pin",
            "      The keys of a token, for a server on another machine."
        },
        versionProvider = Version.class,
        mixinStandardHelpOptions = true)
public final class KeyserverCommand implements Callable<Integer> {

    private static final int MOST = 1_000_000;

    private final Environment environment;

    @Mixin
    private UnixOptions unix = new UnixOptions();

    @Mixin
    private TcpOptions tcp = new TcpOptions();

    @Mixin
    private KeyOptions keys = new KeyOptions();

    @HelpSection("Demonstration")
    @Option(
            names = "--demo-key-delay-ms",
            paramLabel = "N",
            description = "Every operation takes N ms longer, 0 to 25000; ${DEFAULT-VALUE} by default.")
    private String demoDelay = "0";

    @Mixin
    private final LogOptions logging = new LogOptions();

    @Mixin
    private KeyUseLogOptions log = new KeyUseLogOptions();

    @HelpSection(HelpSection.LIMITS)
    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Operations per second of one peer, up to 100000000; 0 for no limit, ${DEFAULT-VALUE} by default.")
    private String rate = Integer.toString(KeyServerLimits.DEFAULT.ratePerPeer());

    @HelpSection(HelpSection.LIMITS)
    @Option(
            names = "--queue",
            paramLabel = "N",
            description = "Operations of one peer that wait or run, 1 to 1000000; ${DEFAULT-VALUE} by default.")
    private String queue = Integer.toString(KeyServerLimits.DEFAULT.queuePerPeer());

    @HelpSection(HelpSection.LIMITS)
    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description = "Connections of known clients at each listener, 1 to 10000; ${DEFAULT-VALUE} by default.")
    private String maxConnections = Integer.toString(KeyServerLimits.DEFAULT.connections());

    @HelpSection(HelpSection.LIMITS)
    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Operations at the same time, 1 to 1024, with keys in this process, and as many with keys in a token;"
                            + " ${DEFAULT-VALUE} (one for each processor) by default.")
    private String threads = Integer.toString(Runtime.getRuntime().availableProcessors());

    @Spec
    private @Nullable CommandSpec command;

    public KeyserverCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws UsageError, IOException {
        try (HangUp hangUp = HangUp.handled()) {
            return call(hangUp);
        }
    }

    private Integer call(HangUp hangUp) throws UsageError, IOException {
        KeyserverRules.check(Objects.requireNonNull(command).commandLine().getParseResult());
        KeyServerLimits limits = limits();
        int delay = Numbers.require("--demo-key-delay-ms", demoDelay, 0, 25_000, "give milliseconds");
        int atOnce = Numbers.require("--threads", threads, 1, 1024, "give how many operations run at once");
        KeyUseLogOptions.Opener useLogs = log.check(environment.clock());
        // Closed last: the process ends when the log is closed, not before.
        try (ShutdownHook hook = ShutdownHook.register();
                EventLog events = logging.open(environment);
                Pkcs11Keys token = keys.openToken();
                Opened opened = listeners(
                        new KeyserverFiles(environment, keys, tcp, token, events), new KeyserverNotices(events));
                // What is left that could be refused is the log itself: a mistake elsewhere leaves no trace in it.
                KeyUseLog useLog = useLogs.open();
                KeyserverWorkers workers = new KeyserverWorkers(atOnce, 2 * limits.queuePerPeer(), delay);
                KeyserverWorkers ofToken = new KeyserverWorkers(atOnce, 2 * limits.queuePerPeer(), delay)) {
            HolderQueues queues = new HolderQueues(new WorkQueue(workers), new WorkQueue(ofToken));
            serve(opened, limits, useLog, queues, hook, hangUp, events);
        }
        return 0;
    }

    /** What is there when the log is opened. Closing it again does nothing to listeners that a key server has closed. */
    private record Opened(KeyserverFiles files, List<ClientListener> listeners) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            for (ClientListener listener : listeners) {
                listener.close();
            }
        }
    }

    private void serve(
            Opened opened,
            KeyServerLimits limits,
            @Nullable KeyUseLog useLog,
            HolderQueues queues,
            ShutdownHook hook,
            HangUp hangUp,
            EventLog events)
            throws IOException {
        KeyserverFiles files = opened.files();
        List<ClientListener> listeners = opened.listeners();
        KeyserverNotices notices = new KeyserverNotices(events);
        UsageLog usage = useLog == null ? UsageLog.none() : UsageLog.to(useLog, notices::logDown, notices::logUp);
        if (useLog == null) {
            events.log(EventType.CONFIGURATION, "no --log was given, so uses of the keys are not written down");
        }
        List<KeyServer> servers = new ArrayList<>();
        for (ClientListener listener : listeners) {
            servers.add(new KeyServer(listener, files::keys, limits, queues, usage, notices));
        }
        try (ReloadThread reloads = new ReloadThread(files::reload, files::late);
                KeyServerLoops loops = new KeyServerLoops(servers)) {
            hook.stopping(loops::close);
            hangUp.runs(reloads::ask);
            for (ClientListener listener : listeners) {
                String pid = Long.toString(ProcessHandle.current().pid());
                environment.out().println("keyserver: listening on " + listener.where() + " pid " + pid);
            }
            environment.out().flush();
            for (ClientListener listener : listeners) {
                events.log(LogEvent.of(EventType.LISTENING, "key server")
                        .with("address", listener.where())
                        .with("pid", ProcessHandle.current().pid())
                        .with("keys", files.keys().size()));
            }
            loops.run();
            events.log(EventType.STOPPED, "the key server has come to its end");
        } finally {
            hangUp.ignore();
        }
    }

    private Opened listeners(KeyserverFiles files, Consumer<String> warnings) throws UsageError, IOException {
        List<ClientListener> listeners = new ArrayList<>();
        Opened opened = new Opened(files, listeners);
        if (!unix.check() && files.tls() == null) {
            throw new UsageError("--socket", "is missing", "give the path of the Unix-domain socket to listen on");
        }
        keys.writeDemoFiles(); // who waits for the socket finds them
        try {
            if (files.tls() != null) {
                listeners.add(TcpOptions.open(() -> Objects.requireNonNull(files.tls(), "the options stay")));
            }
            ClientListener socket = unix.open(warnings);
            if (socket != null) {
                listeners.add(socket);
            }
        } catch (UsageError e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    private KeyServerLimits limits() throws UsageError {
        KeyServerLimits standard = KeyServerLimits.DEFAULT;
        return new KeyServerLimits(
                Numbers.require(
                        "--max-connections", maxConnections, 1, 10_000, "give how many connections there may be"),
                standard.openPerConnection(),
                Numbers.require("--queue", queue, 1, MOST, "give how many operations of one peer may wait"),
                Numbers.require("--rate", rate, 0, 100 * MOST, "give operations a second, or 0 for no limit"),
                standard.helloNanos(),
                standard.stallNanos());
    }
}
