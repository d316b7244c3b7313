package dev.lockstep.server.serve;

import dev.lockstep.server.HelpSection;
import dev.lockstep.server.Numbers;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.files.InputFile;
import dev.lockstep.server.pem.SecretFiles;
import dev.lockstep.tls.config.TlsServerConfigBuilder;
import dev.lockstep.tls.session.MemorySessionStore;
import dev.lockstep.tls.session.TicketKey;
import dev.lockstep.tls.session.TicketKeyRing;
import dev.lockstep.tls.setting.ConfigException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How sessions are resumed. The cache and the ring of ticket keys outlive a reload; the ring takes its keys from it. */
@HelpSection("Sessions")
final class SessionOptions {

    /** More than any ticket key has: the exact length of such a file does not matter. */
    private static final int LARGEST = 4096;

    /** Of nginx's keys for AES-128, which have an error of their own. */
    private static final int OTHER_LENGTH = 48;

    /** Minutes. */
    private static final int LIFETIME = 120;

    private static final int LONGEST_LIFETIME = 7 * 24 * 60;

    /** How long a ticket key that was made here seals, at least. */
    private static final Duration OWN_KEY_PERIOD = Duration.ofHours(1);

    @Option(
            names = "--session-cache",
            paramLabel = "N",
            description =
                    "Sessions kept for resumption by id, up to 10000000; 0 for none, ${DEFAULT-VALUE} by default.")
    private String sessionCache = "20000";

    @Option(names = "--no-tickets", description = "Give no session tickets.")
    private boolean noTickets;

    @Option(
            names = "--ticket-keys",
            paramLabel = "FILE",
            description = "Key of 80 bytes for session tickets, as nginx and Envoy take it. The first one given seals,"
                    + " all of them open. Without any, keys are made in memory.")
    private List<Path> ticketKeys = new ArrayList<>();

    @Option(
            names = "--session-lifetime",
            paramLabel = "MINUTES",
            description = "How long after its full handshake a session can be resumed, up to a week (10080);"
                    + " 120 by default.")
    private @Nullable String lifetime;

    private volatile @Nullable MemorySessionStore store;
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
        Duration lasting = Duration.ofMinutes(minutes());
        int capacity =
                Numbers.require("--session-cache", sessionCache, 0, 10_000_000, "give how many sessions to keep");
        if (noTickets && !ticketKeys.isEmpty()) {
            throw new UsageError("--no-tickets", "contradicts --ticket-keys", "choose one");
        }
        if (noTickets && capacity == 0 && lifetime != null) {
            throw new UsageError(
                    "--session-lifetime",
                    "no session can be resumed with --no-tickets and --session-cache 0",
                    "leave one of the three out");
        }
        if (capacity > 0) {
            store = store != null ? store : new MemorySessionStore(capacity, lasting);
            builder.sessionStore(store);
        }
        if (!noTickets) {
            ring = ring != null ? ring : newRing(lasting);
            builder.tickets(ring);
        }
        builder.sessionLifetime(lasting);
    }

    private int minutes() throws UsageError {
        return lifetime == null
                ? LIFETIME
                : Numbers.require("--session-lifetime", lifetime, 1, LONGEST_LIFETIME, "give minutes, up to a week");
    }

    private TicketKeyRing newRing(Duration lasting) throws UsageError {
        if (ticketKeys.isEmpty()) {
            return TicketKeyRing.rotating(ownKeyPeriod(lasting), lasting);
        }
        try {
            return TicketKeyRing.of(readKeys(), lasting);
        } catch (IllegalArgumentException e) {
            throw UsageError.of("--ticket-keys", e);
        }
    }

    /** Returns an hour, or what a long lifetime takes so that the ring has a place for every key: 5.5 hours for a week. */
    static Duration ownKeyPeriod(Duration lasting) {
        Duration shortest = Duration.ofSeconds(lasting.toSeconds() / (TicketKeyRing.MAX_KEYS - 1) + 1);
        return shortest.compareTo(OWN_KEY_PERIOD) > 0 ? shortest : OWN_KEY_PERIOD;
    }

    /** Destroys the ticket keys and the sessions whose time is over, whether they are used or not. Any thread. */
    void turn() {
        MemorySessionStore kept = store;
        if (kept != null) {
            kept.dropExpired();
        }
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

    /** Text is not taken for a key by its length, nor called one of a strange length. */
    private static void requireBinary(Path file, byte[] content) throws UsageError {
        String text = new String(content, StandardCharsets.ISO_8859_1).strip();
        if (content.length == 2 * TicketKey.FILE_LENGTH || text.length() == 2 * TicketKey.FILE_LENGTH) {
            if (text.matches("[0-9A-Fa-f]+")) {
                throw new UsageError(
                        "--ticket-keys",
                        file + " is in hexadecimal",
                        "convert it: xxd -r -p " + file + " " + file + ".bin");
            }
        }
        if (text.matches("[A-Za-z0-9+/]{107}=")) {
            throw new UsageError(
                    "--ticket-keys", file + " is in base64", "convert it: base64 -d " + file + " > " + file + ".bin");
        }
        if (content.length >= LARGEST) {
            throw new UsageError(
                    "--ticket-keys",
                    file + " is no ticket key: it has " + LARGEST + " bytes or more",
                    "give 80 bytes (openssl rand 80)");
        }
        if (content.length != TicketKey.FILE_LENGTH && content.length != OTHER_LENGTH) {
            throw new UsageError(
                    "--ticket-keys",
                    file + " is no ticket key: it has " + content.length + " bytes",
                    "give 80 bytes (openssl rand 80)");
        }
    }

    private List<TicketKey> readKeys() throws UsageError {
        List<TicketKey> keys = new ArrayList<>();
        for (Path file : ticketKeys) {
            byte[] content = InputFile.bytes("--ticket-keys", file);
            try {
                requireBinary(file, content);
                keys.add(TicketKey.of(content));
            } catch (ConfigException e) {
                throw new UsageError("--ticket-keys", file + " is no ticket key", e.reason() + "; " + e.fix());
            } finally {
                Arrays.fill(content, (byte) 0);
            }
        }
        return keys;
    }
}
