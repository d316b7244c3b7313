package dev.lockstep.fuzz;

import dev.lockstep.fuzz.targets.ConnectionTarget;
import dev.lockstep.fuzz.targets.ExtensionsTarget;
import dev.lockstep.fuzz.targets.FramesTarget;
import dev.lockstep.fuzz.targets.GrantsTarget;
import dev.lockstep.fuzz.targets.KeyUriTarget;
import dev.lockstep.fuzz.targets.MessagesTarget;
import dev.lockstep.fuzz.targets.PemTarget;
import dev.lockstep.fuzz.targets.RecordsTarget;
import dev.lockstep.fuzz.targets.SessionsTarget;
import dev.lockstep.fuzz.targets.TicketsTarget;
import dev.lockstep.keys.keyserver.KeyServerLinkTarget;
import dev.lockstep.server.audit.LogLineTarget;
import dev.lockstep.server.backend.ProxyHeaderTarget;
import dev.lockstep.server.http.HttpHeadTarget;
import dev.lockstep.server.keyserver.KeyServerClientTarget;
import dev.lockstep.server.serve.PolicyFileTarget;
import dev.lockstep.server.serve.PskFileTarget;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Every target, with its dictionary and how many mutations of each seed are an ordinary test. */
public enum Targets {
    RECORDS("tls", 60, 64 << 20, RecordsTarget::new),
    MESSAGES("tls", 2000, 4 << 20, MessagesTarget::new),
    EXTENSIONS("tls", 2000, 4 << 20, ExtensionsTarget::new),
    CONNECTION("tls", 20, 256 << 20, ConnectionTarget::new),
    SESSIONS("tls", 500, 8 << 20, SessionsTarget::new),
    TICKETS("tls", 500, 8 << 20, TicketsTarget::new),
    PEM("pem", 30, 64 << 20, PemTarget::new),
    PSK_FILE("settings", 100, 4 << 20, PskFileTarget::new),
    POLICY_FILE("settings", 100, 4 << 20, PolicyFileTarget::new),
    KEY_URI("uri", 1000, 4 << 20, KeyUriTarget::new),
    GRANTS("uri", 1000, 4 << 20, GrantsTarget::new),
    FRAMES("keyserver", 1000, 4 << 20, FramesTarget::new),
    KEY_SERVER("keyserver", 200, 16 << 20, KeyServerClientTarget::new),
    KEY_SERVER_LINK("keyserver", 200, 16 << 20, KeyServerLinkTarget::new),
    LOG_LINE("log", 1000, 4 << 20, LogLineTarget::new),
    HTTP_HEAD("http", 1000, 4 << 20, HttpHeadTarget::new),
    PROXY_HEADER("proxy", 1000, 4 << 20, ProxyHeaderTarget::new);

    private static final int BYTES_PER_INPUT_BYTE = 4096;

    private final String dictionary;
    private final int mutations;
    private final long mostAllocated;
    private final Callable<Target> maker;

    Targets(String dictionary, int mutations, long mostAllocated, Callable<Target> maker) {
        this.dictionary = dictionary;
        this.mutations = mutations;
        this.mostAllocated = mostAllocated;
        this.maker = maker;
    }

    /** Returns the name of its directory of seeds, and of {@code -Dfuzz.targets}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the file name of its dictionary, without the ending. */
    String dictionary() {
        return dictionary;
    }

    /** Returns how many mutations of each seed CI runs. */
    int mutations() {
        return mutations;
    }

    /** Makes the target; it fails too when an input makes the code allocate more than a bound. */
    Target open() throws Exception {
        Target target = maker.call();
        return input -> {
            long most = mostAllocated + (long) BYTES_PER_INPUT_BYTE * input.length;
            long cost = cost(target, input);
            if (cost > most) {
                cost = cost(target, input); // the first time may have loaded classes, which a fuzzer instruments
            }
            if (cost > most) {
                throw new AssertionError(
                        "an input of " + input.length + " bytes costs more than " + most + " of memory");
            }
        };
    }

    /** Runs an input and returns what it has allocated, in bytes. */
    private static long cost(Target target, byte[] input) throws Exception {
        long before = Memory.allocated();
        target.run(input);
        return Memory.allocated() - before;
    }
}
