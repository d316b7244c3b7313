package dev.lockstep.keys.uri;

import dev.lockstep.keys.pkcs11.Pkcs11Keys;
import dev.lockstep.keys.sshagent.SshAgentKeys;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.OperationException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The tokens and agents of {@link Pkcs11Uri} and {@link KeyUri.InSshAgent}, each opened once, whatever the number of its keys. For
 * any number of threads, one at a time while a token or an agent is asked.
 */
public final class KeyHolders implements AutoCloseable {

    private final UnaryOperator<@Nullable String> variables;
    private final Map<Pkcs11Uri, Pkcs11Keys> tokens = new ConcurrentHashMap<>();
    private final Map<Pkcs11Uri, Pkcs11Keys.Builder> builders = new HashMap<>();
    private final Map<Path, SshAgentKeys> agents = new ConcurrentHashMap<>();
    private final List<Pkcs11Keys> replaced = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /**
     * Opens nothing yet.
     *
     * @param variables the environment variables, by name
     */
    public KeyHolders(UnaryOperator<@Nullable String> variables) {
        this.variables = variables;
    }

    /**
     * Returns the key of a certificate in a token. Blocks while the token is opened or asked.
     *
     * @throws IllegalArgumentException of the form "uri: cause; fix" when {@code uri} cannot be right
     * @throws OperationException when the token has no such key, or does not answer
     */
    public synchronized ExternalPrivateKey key(Pkcs11Uri uri, X509Certificate certificate) throws OperationException {
        Pkcs11Keys open = tokens.get(uri);
        if (open == null) {
            Pkcs11Keys opened = open(uri);
            tokens.put(uri, opened);
            requireOpen(opened);
            return opened.key(certificate);
        }
        try {
            return open.key(certificate);
        } catch (OperationException notSeen) {
            // A login sees the keys that were there when it was made; the wanted one may be newer.
            Pkcs11Keys again = open(uri);
            try {
                ExternalPrivateKey key = again.key(certificate);
                replaced.add(open); // connections may still use it
                tokens.put(uri, again);
                requireOpen(again);
                return key;
            } catch (OperationException e) {
                again.close();
                throw e;
            }
        }
    }

    /** What was closed while a token was opened does not see that token. */
    private void requireOpen(Pkcs11Keys opened) throws OperationException {
        if (closed) {
            opened.close();
            throw new OperationException(OperationException.Reason.KEY_UNAVAILABLE, "closed");
        }
    }

    private Pkcs11Keys open(Pkcs11Uri uri) throws OperationException {
        Path library = library(uri);
        // The builder of the first time, while it is open: it knows the PIN if that came from a pipe.
        Pkcs11Keys.Builder known = builders.get(uri);
        Pkcs11Keys.Builder builder = known == null ? Pkcs11Keys.builder(library) : known;
        if (uri.slotId().isPresent()) {
            builder.slot(uri.slotId().getAsLong());
        } else if (!uri.token().isEmpty()) {
            builder.slot(TokenSlots.find(library, uri.token()));
        }
        if (known == null) {
            setPin(builder, uri);
        }
        Pkcs11Keys opened = builder.open();
        builders.put(uri, builder);
        return opened;
    }

    private void setPin(Pkcs11Keys.Builder builder, Pkcs11Uri uri) {
        if (uri.pinFile() != null) {
            builder.pinFile(uri.pinFile());
            return;
        }
        String variable = uri.pinVariable() != null ? uri.pinVariable() : Pkcs11Uri.PIN_VARIABLE;
        if (variables.apply(variable) == null) {
            throw new IllegalArgumentException("uri: the PIN of the " + uri.describe() + " is not known; add"
                    + " '?pin-source=file:/path' or set the environment variable " + variable);
        }
        builder.pin(() -> {
            String pin = variables.apply(variable);
            return pin == null ? new char[0] : pin.toCharArray();
        });
    }

    private static Path library(Pkcs11Uri uri) {
        if (uri.modulePath() != null) {
            return uri.modulePath();
        }
        if (uri.moduleName() == null) {
            throw new IllegalArgumentException("uri: the PKCS#11 library is not named; add"
                    + " '?module-path=/path/to/library.so' or '?module-name=softhsm2'");
        }
        return TokenModules.named(uri.moduleName());
    }

    /**
     * Returns the key of a certificate in an ssh-agent. Blocks while the agent is asked.
     *
     * @throws IllegalArgumentException of the form "uri: cause; fix" when {@code uri} cannot be right
     * @throws OperationException when the agent does not answer, or does not hold the key
     */
    public synchronized ExternalPrivateKey key(KeyUri.InSshAgent uri, X509Certificate certificate)
            throws OperationException {
        Path socket = uri.socket();
        if (socket == null) {
            String variable = variables.apply("SSH_AUTH_SOCK");
            if (variable == null || variable.isEmpty()) {
                throw new IllegalArgumentException(
                        "uri: SSH_AUTH_SOCK is not set; start an ssh-agent, or write ssh-agent:/path/of/its/socket");
            }
            socket = Path.of(variable);
        }
        try {
            return agents.computeIfAbsent(socket, SshAgentKeys::at).key(certificate);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationException(
                    OperationException.Reason.KEY_UNAVAILABLE, "interrupted while the ssh-agent was asked", e);
        }
    }

    /**
     * Ends all of it; operations under way fail. Does not wait for a thread that opens a token or asks for a key: the device may
     * hang.
     */
    @Override
    public void close() {
        closed = true;
        replaced.forEach(Pkcs11Keys::close);
        tokens.values().forEach(Pkcs11Keys::close);
        agents.values().forEach(SshAgentKeys::close);
    }
}
