package dev.lockstep.server.keyserver;

import dev.lockstep.keys.pkcs11.Pkcs11Keys;
import dev.lockstep.server.Environment;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.ShutdownHook;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.audit.FsyncPolicy;
import dev.lockstep.server.audit.KeyUseLog;
import dev.lockstep.server.demo.DemoKeys;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import dev.lockstep.server.log.LogOptions;
import dev.lockstep.server.pem.KeyPassword;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.tls.wait.OperationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lockstep keyserver}: holds private keys and works with them for servers on this machine or others. */
@Command(
        name = "keyserver",
        description = "Holds private keys, and works with them for TLS servers in other processes.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class KeyserverCommand implements Callable<Integer> {

    private static final int MOST = 1_000_000;

    private final Environment environment;

    @Option(names = "--socket", paramLabel = "PATH", description = "Unix-domain socket to listen on.")
    private @Nullable Path socket;

    @Option(names = "--socket-mode", paramLabel = "MODE", description = "Its permissions; ${DEFAULT-VALUE}.")
    private String socketMode = "0600";

    @Option(names = "--socket-group", paramLabel = "GROUP", description = "Its group.")
    private @Nullable String socketGroup;

    @Option(
            names = "--allow-uid",
            paramLabel = "UID",
            description = "User id that may connect; your own by default. Repeatable.")
    private List<String> uids = new ArrayList<>();

    @Mixin
    private KeyserverTcpOptions tcp = new KeyserverTcpOptions();

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "Private key: PKCS#8, also encrypted, PKCS#1, SEC1, OpenSSH, PKCS#12. Repeatable.")
    private List<Path> keys = new ArrayList<>();

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "Certificate that one of the keys must be for. Optional, repeatable.")
    private List<Path> certs = new ArrayList<>();

    @Option(
            names = "--key-password-file",
            paramLabel = "FILE",
            description =
                    "Its first line opens encrypted keys and PKCS#12; without it, the variable LOCKSTEP_KEY_PASSWORD does.")
    private @Nullable Path keyPasswordFile;

    @Option(
            names = "--pkcs11",
            paramLabel = "LIBRARY",
            description = "Serve every key of a PKCS#11 token that has a certificate beside it.")
    private @Nullable Path pkcs11;

    @Option(
            names = "--pkcs11-slot-index",
            paramLabel = "N",
            description = "The token's place in the library's list; ${DEFAULT-VALUE}.")
    private String slotIndex = "0";

    @Option(names = "--pkcs11-pin-file", paramLabel = "FILE", description = "The token's PIN.")
    private @Nullable Path pinFile;

    @Option(names = "--pkcs11-pin-env", paramLabel = "NAME", description = "Variable that holds the token's PIN.")
    private @Nullable String pinVariable;

    @Option(
            names = "--demo-keys",
            paramLabel = "DIR",
            description = "Make an RSA-2048 and a P-256 key here, in memory, and write certificates for localhost:"
                    + " ca.pem, rsa.pem, ec.pem.")
    private @Nullable Path demoKeys;

    @Option(
            names = "--demo-key-files",
            description = "Keep them in DIR/rsa.key and ec.key as well (mode 0600), and use those that are there.")
    private boolean demoKeyFiles;

    @Option(names = "--demo-key-delay-ms", paramLabel = "N", description = "Every operation takes N ms longer.")
    private String demoDelay = "0";

    @Mixin
    private final LogOptions logging = new LogOptions();

    @Option(names = "--log", paramLabel = "FILE", description = "Key-use log; 'lockstep audit verify' checks it.")
    private @Nullable Path log;

    @Option(
            names = "--log-fsync",
            paramLabel = "WHEN",
            description = "When it is forced to the disk: never, each, or after so many lines; ${DEFAULT-VALUE}.")
    private String logFsync = "64";

    @Option(names = "--log-max-bytes", paramLabel = "N", description = "When it goes on in a new file.")
    private String logMaxBytes = Long.toString(KeyUseLog.Options.DEFAULT.maxFileBytes());

    @Option(
            names = "--allow-decrypt",
            description =
                    "Answer RSA premaster secrets too, for the RSA key exchange; not with keys whose --cert is for"
                            + " signatures alone.")
    private boolean allowDecrypt;

    @Option(
            names = "--allow-ca-certificate",
            description = "Serve a key whose certificate is a certificate authority's.")
    private boolean allowCaCertificate;

    @Option(names = "--rate", paramLabel = "N", description = "Operations a second of one peer; 0: no limit.")
    private String rate = Integer.toString(KeyServerLimits.DEFAULT.ratePerPeer());

    @Option(names = "--queue", paramLabel = "N", description = "Operations of one peer that wait or run.")
    private String queue = Integer.toString(KeyServerLimits.DEFAULT.queuePerPeer());

    @Option(names = "--max-connections", paramLabel = "N", description = "Connections; ${DEFAULT-VALUE}.")
    private String maxConnections = Integer.toString(KeyServerLimits.DEFAULT.connections());

    @Option(names = "--threads", paramLabel = "N", description = "Operations at once; one a processor by default.")
    private String threads = Integer.toString(Runtime.getRuntime().availableProcessors());

    public KeyserverCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws UsageError, IOException {
        KeyServerLimits limits = limits();
        // Closed last: the process ends when the log is closed, not before.
        try (ShutdownHook hook = ShutdownHook.register();
                EventLog events = logging.open(environment);
                Pkcs11Keys token = openToken();
                KeyUseLog useLog = openLog(events)) {
            serve(gather(token), limits, useLog, hook, events);
        }
        return 0;
    }

    private void serve(
            ServedKeys served, KeyServerLimits limits, @Nullable KeyUseLog useLog, ShutdownHook hook, EventLog events)
            throws UsageError, IOException {
        Consumer<String> warnings = line -> events.log(EventType.KEY_SERVER_NOTICE, line);
        UsageLog usage = useLog == null ? UsageLog.none() : UsageLog.to(useLog, warnings);
        int delay = Numbers.require("--demo-key-delay-ms", demoDelay, 0, 25_000, "give milliseconds");
        int atOnce = Numbers.require("--threads", threads, 1, 1024, "give how many operations run at once");
        try (KeyserverWorkers workers = new KeyserverWorkers(atOnce, 2 * limits.queuePerPeer(), delay)) {
            List<ClientListener> listeners =
                    listeners(served, warnings); // opened when nothing is left that could be refused
            try (KeyServer server = new KeyServer(listeners, served.served(), limits, workers, usage, warnings)) {
                hook.stopping(server::close);
                for (ClientListener listener : listeners) {
                    String pid = Long.toString(ProcessHandle.current().pid());
                    environment.out().println("keyserver: listening on " + listener.where() + " pid " + pid);
                }
                environment.out().flush();
                for (ClientListener listener : listeners) {
                    events.log(LogEvent.of(EventType.LISTENING, "key server")
                            .with("address", listener.where())
                            .with("pid", ProcessHandle.current().pid())
                            .with("keys", served.served().size()));
                }
                server.run();
                events.log(EventType.STOPPED, "the key server has come to its end");
            }
        }
    }

    private List<ClientListener> listeners(ServedKeys served, Consumer<String> warnings) throws UsageError {
        List<ClientListener> listeners = new ArrayList<>();
        Reading reading = reading();
        ClientListener port;
        try {
            port = tcp.open(environment.clock().instant(), reading, served::find);
        } finally {
            wipe(reading);
        }
        if (port != null) {
            listeners.add(port);
        }
        if (socket != null) {
            listeners.add(Listeners.unix(socket, socketMode, socketGroup, uids, warnings));
        }
        if (listeners.isEmpty()) {
            throw new UsageError("--socket", "is missing", "give the path of the Unix-domain socket to listen on");
        }
        return listeners;
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

    private @Nullable KeyUseLog openLog(EventLog events) throws UsageError {
        if (log == null) {
            events.log(EventType.KEY_SERVER_NOTICE, "no --log was given, so uses of the keys are not written down");
            return null;
        }
        try {
            long most = Long.parseLong(logMaxBytes);
            return KeyUseLog.open(log, new KeyUseLog.Options(most, FsyncPolicy.parse(logFsync), environment.clock()));
        } catch (NumberFormatException e) {
            throw new UsageError("--log-max-bytes", "'" + logMaxBytes + "' is no number", "give bytes");
        } catch (IllegalArgumentException e) {
            boolean size = String.valueOf(e.getMessage()).startsWith("maxFileBytes");
            throw UsageError.of(size ? "--log-max-bytes" : "--log-fsync", e);
        } catch (IOException e) {
            throw new UsageError("--log", String.valueOf(e.getMessage()), "check the path, or begin another log");
        }
    }

    private @Nullable Pkcs11Keys openToken() throws UsageError {
        if (pkcs11 == null) {
            return null;
        }
        int index = Numbers.require("--pkcs11-slot-index", slotIndex, 0, 1_000_000, "give the place, from 0");
        try {
            Pkcs11Keys.Builder builder = Pkcs11Keys.builder(pkcs11).slotListIndex(index);
            if (pinFile != null) {
                return builder.pinFile(pinFile).open();
            }
            if (pinVariable != null) {
                return builder.pinEnvironment(pinVariable).open();
            }
        } catch (OperationException e) {
            throw new UsageError("--pkcs11", pkcs11 + ": " + e.getMessage(), "check library, slot and PIN");
        } catch (IllegalArgumentException e) {
            throw UsageError.of("--pkcs11", e);
        }
        throw new UsageError(
                "--pkcs11", "it was not said where the PIN comes from", "give --pkcs11-pin-file or --pkcs11-pin-env");
    }

    private Reading reading() throws UsageError {
        return new Reading(
                KeyPassword.find(keyPasswordFile, environment.variables()),
                note -> environment.err().println(UsageError.oneLine("keyserver: warning: " + note)));
    }

    private static void wipe(Reading reading) {
        char[] password = reading.password();
        if (password != null) {
            Arrays.fill(password, '\0');
        }
    }

    private ServedKeys gather(@Nullable Pkcs11Keys token) throws UsageError, IOException {
        ServedKeys gathered = new ServedKeys(allowDecrypt, allowCaCertificate);
        Reading reading = reading();
        try {
            for (Path file : keys) {
                gathered.addFile(file, reading);
            }
            for (Path file : certs) {
                gathered.addCertificate(file, reading);
            }
        } finally {
            wipe(reading);
        }
        if (token != null) {
            gathered.addToken(token);
        }
        if (demoKeys != null) {
            DemoKeys.addTo(gathered, demoKeys, demoKeyFiles, environment.clock().instant());
        }
        if (gathered.served().isEmpty()) {
            throw new UsageError("--key", "there is none", "give --key FILE, --pkcs11 LIBRARY or --demo-keys DIR");
        }
        return gathered;
    }
}
