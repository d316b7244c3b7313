package dev.lockstep.server.keyserver;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.pkcs11.Pkcs11Keys;
import dev.lockstep.server.Environment;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.keyserver.listener.TcpOptions;
import dev.lockstep.server.keyserver.listener.TlsListener;
import dev.lockstep.server.log.EventLog;
import dev.lockstep.server.log.EventType;
import dev.lockstep.server.log.LogEvent;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.server.pem.SecretFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a key server reads from files: its keys, and over TCP its own certificate and who its clients are. Reads them
 * again on request, and puts the new ones in place of the old when all of them are right. Safe for any thread.
 */
final class KeyserverFiles {

    /**
     * What was read.
     *
     * @param tls null without a TCP port
     */
    record Loaded(Map<KeyId, ServedKey> keys, TlsListener.@Nullable Setting tls) {}

    private final Environment environment;
    private final EventLog events;
    private final KeyOptions keyOptions;
    private final TcpOptions tcpOptions;
    private final @Nullable Pkcs11Keys token;
    private volatile Loaded current;

    /** @throws UsageError when they cannot be served, which also holds for {@link #reload} */
    KeyserverFiles(
            Environment environment,
            KeyOptions keyOptions,
            TcpOptions tcpOptions,
            @Nullable Pkcs11Keys token,
            EventLog events)
            throws UsageError, IOException {
        this.events = events;
        this.environment = environment;
        this.keyOptions = keyOptions;
        this.tcpOptions = tcpOptions;
        this.token = token;
        this.current = load();
        if (token != null && !token.showsAllKeys()) {
            events.log(LogEvent.of(
                            EventType.CONFIGURATION,
                            "this Java shows the keys of a token only with a certificate of the same CKA_ID beside"
                                    + " them; keys without one are neither served nor listed (docs/guide/serving.md)")
                    .at(Level.INFO));
        }
    }

    private Loaded load() throws UsageError, IOException {
        Consumer<String> warnings = line -> events.log(EventType.CONFIGURATION, line);
        SecretFiles secrets = new SecretFiles(warnings);
        keyOptions.check(secrets);
        tcpOptions.check(secrets);
        char[] password = keyOptions.password(environment);
        try {
            Reading reading = new Reading(password, warnings);
            ServedKeys keys = keyOptions.load(environment, token, reading);
            return new Loaded(Map.copyOf(keys.served()), tcpOptions.load(environment.clock(), reading, keys::find));
        } finally {
            if (password != null) {
                Arrays.fill(password, '\0');
            }
        }
    }

    /** The keys that were read last. */
    Map<KeyId, ServedKey> keys() {
        return current.keys();
    }

    /** The settings of the TCP port that were read last; null without one. */
    TlsListener.@Nullable Setting tls() {
        return current.tls();
    }

    /** Reads everything again, and says in a line what came of it. Operations under way end with the keys they have. */
    synchronized void reload() {
        try {
            Loaded next = load();
            prepare(next);
            current = next;
            events.log(EventType.RELOADED, current.keys().size() + " keys serve from now on");
        } catch (UsageError | IOException e) {
            refuse(String.valueOf(e.getMessage()));
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            // boundary of the signal's thread: the next reload must still be possible
            refuse("DEFECT " + e);
        }
    }

    /** Verifies the clients here by what was read, so that the loop does not wait for that with long revocation lists. */
    private void prepare(Loaded next) {
        TlsListener.Setting before = current.tls();
        TlsListener.Setting after = next.tls();
        if (before != null && after != null) {
            after.tls().trust().verifyClientsOf(before.tls().trust());
        }
    }

    /**
     * Says that a reload that was asked for waits, possibly for ever: what is read, or a token that is asked, does not answer.
     *
     * @param seconds since when the one before runs
     */
    void late(long seconds) {
        refuse("the reload before has not ended after " + seconds + " s; a file or the token does not answer");
    }

    private void refuse(String why) {
        events.log(EventType.RELOAD_REFUSED, "not reloaded, what was read before stays: " + why);
    }
}
