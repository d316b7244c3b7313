package dev.lockstep.server.serve;

import dev.lockstep.server.Numbers;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.pem.SecretFiles;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.session.TicketKey;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.setting.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How sessions are resumed. The cache and the ring of ticket keys outlive a reload; the ring takes its keys from it. */
final class SessionOptions {

    private static final Duration LIFETIME = Duration.ofHours(2);

    /** How long a ticket key that nobody gave us seals. */
    private static final Duration OWN_KEY_PERIOD = Duration.ofHours(1);

    @Option(
            names = "--session-cache",
            paramLabel = "N",
            description = "Sessions kept for resumption by id; 0 for none, ${DEFAULT-VALUE} by default.")
    private String sessionCache = "20000";

    @Option(names = "--no-tickets", description = "Give no session tickets.")
    private boolean noTickets;

    @Option(
            names = "--ticket-keys",
            paramLabel = "FILE",
            description = "Key of 80 bytes for session tickets, as nginx and Envoy take it. The first one given seals,"
                    + " all of them open. Without any, keys are made in memory.")
    private List<Path> ticketKeys = new ArrayList<>();

    private @Nullable MemorySessionStore store;
    private volatile @Nullable TicketKeyRing ring;

    List<Path> files() {
        return ticketKeys;
    }

    /** Checks who else may read or write the files. */
    void check(SecretFiles secrets) throws UsageError {
        for (Path file : ticketKeys) {
            secrets.check("--ticket-keys", file);
        }
    }

    void apply(TlsServerConfigBuilder builder) throws UsageError {
        int capacity =
                Numbers.require("--session-cache", sessionCache, 0, 10_000_000, "give how many sessions to keep");
        if (noTickets && !ticketKeys.isEmpty()) {
            throw new UsageError("--no-tickets", "contradicts --ticket-keys", "choose one");
        }
        if (capacity > 0) {
            store = store != null ? store : new MemorySessionStore(capacity, LIFETIME);
            builder.sessionStore(store);
        }
        if (!noTickets) {
            ring = ring != null ? ring : newRing();
            builder.tickets(ring);
        }
        builder.sessionLifetime(LIFETIME);
    }

    private TicketKeyRing newRing() throws UsageError {
        if (ticketKeys.isEmpty()) {
            return TicketKeyRing.rotating(OWN_KEY_PERIOD, LIFETIME);
        }
        try {
            return TicketKeyRing.of(readKeys(), LIFETIME);
        } catch (IllegalArgumentException e) {
            throw UsageError.of("--ticket-keys", e);
        }
    }

    /** Destroys the ticket keys whose time is over, whether the ring is used or not. Any thread. */
    void turn() {
        TicketKeyRing current = ring;
        if (current != null) {
            current.turn();
        }
    }

    /** Takes over the files as they are now; those that are gone from them open tickets for a session's lifetime. */
    void rotate() throws UsageError {
        if (ring == null || ticketKeys.isEmpty()) {
            return;
        }
        try {
            ring.rotateTo(readKeys());
        } catch (IllegalArgumentException e) {
            throw UsageError.of("--ticket-keys", e);
        }
    }

    private List<TicketKey> readKeys() throws UsageError {
        List<TicketKey> keys = new ArrayList<>();
        for (Path file : ticketKeys) {
            byte[] content = new byte[0];
            try (InputStream in = Files.newInputStream(file)) {
                content = in.readNBytes(TicketKey.FILE_LENGTH + 1);
                keys.add(TicketKey.of(content));
            } catch (IOException e) {
                throw new UsageError("--ticket-keys", file + " cannot be read", "check the path and its permissions");
            } catch (ConfigException e) {
                throw new UsageError("--ticket-keys", file + " is no ticket key", e.reason() + "; " + e.fix());
            } finally {
                Arrays.fill(content, (byte) 0);
            }
        }
        return keys;
    }
}
