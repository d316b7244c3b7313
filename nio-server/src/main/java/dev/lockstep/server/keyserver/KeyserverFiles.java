package dev.lockstep.server.keyserver;

import dev.lockstep.keys.keyserver.protocol.KeyId;
import dev.lockstep.keys.pkcs11.Pkcs11Keys;
import dev.lockstep.server.Environment;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.keyserver.listener.TcpOptions;
import dev.lockstep.server.keyserver.listener.TlsListener;
import dev.lockstep.server.pem.SecretFiles;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a key server reads from files: its keys, and over TCP its own certificate and the authority of its clients. Reads them
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
    private final KeyOptions keyOptions;
    private final TcpOptions tcpOptions;
    private final @Nullable Pkcs11Keys token;
    private volatile Loaded current;

    /** @throws UsageError when they cannot be served, which also holds for {@link #reload} */
    KeyserverFiles(Environment environment, KeyOptions keyOptions, TcpOptions tcpOptions, @Nullable Pkcs11Keys token)
            throws UsageError, IOException {
        this.environment = environment;
        this.keyOptions = keyOptions;
        this.tcpOptions = tcpOptions;
        this.token = token;
        this.current = load();
    }

    private Loaded load() throws UsageError, IOException {
        SecretFiles secrets =
                new SecretFiles(line -> environment.err().println(UsageError.oneLine("keyserver: warning: " + line)));
        keyOptions.check(secrets);
        tcpOptions.check(secrets);
        char[] password = keyOptions.password(environment);
        try {
            ServedKeys keys = keyOptions.load(environment, token, password);
            return new Loaded(
                    Map.copyOf(keys.served()),
                    tcpOptions.load(environment.clock().instant(), password, keys::find));
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
            current = load();
            environment.out().println("keyserver: reloaded: " + current.keys().size() + " keys serve from now on");
            environment.out().flush();
        } catch (UsageError | IOException e) {
            refuse(String.valueOf(e.getMessage()));
        } catch (RuntimeException | LinkageError | OutOfMemoryError | StackOverflowError e) {
            // boundary of the signal's thread: the next reload must still be possible
            refuse("DEFECT " + e);
        }
    }

    private void refuse(String why) {
        environment.err().println(UsageError.oneLine("keyserver: not reloaded, what was read before stays: " + why));
        environment.err().flush();
    }
}
