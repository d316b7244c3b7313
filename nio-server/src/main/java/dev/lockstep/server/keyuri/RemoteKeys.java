package dev.lockstep.server.keyuri;

import dev.lockstep.keys.keyserver.KeyServerObserver;
import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.keys.pkcs11.Pkcs11Keys;
import dev.lockstep.keys.sshagent.SshAgentKeys;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.OperationException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The places outside this process where a server's keys are. Each token, agent and key server is opened once, whatever the number of
 * its keys. For one thread; the keys that it gives are for any.
 */
public final class RemoteKeys implements AutoCloseable {

    /** The environment variable with the PIN of a token whose URI has no pin-source. */
    public static final String PIN_VARIABLE = "LOCKSTEP_PKCS11_PIN";

    private record Served(KeyUri place, PublicKey key) {}

    private final UnaryOperator<@Nullable String> variables;
    private final Map<Pkcs11Uri, Pkcs11Keys> tokens = new HashMap<>();
    private final Map<Path, SshAgentKeys> agents = new HashMap<>();
    private final KeyServers keyServers;
    private final Set<Served> served = new HashSet<>();
    private final List<Pkcs11Keys> replaced = new ArrayList<>();

    /**
     * Opens nothing yet.
     *
     * @param variables the environment variables, by name
     * @param reading how the files of keyserver+tls URIs are read; its password is wiped here
     * @param loops how many loops use the keys
     * @param observers makes the observer of a connection to the key server that is described
     */
    public RemoteKeys(
            UnaryOperator<@Nullable String> variables,
            Supplier<Reading> reading,
            int loops,
            Function<String, KeyServerObserver> observers) {
        this.variables = variables;
        this.keyServers = new KeyServers(reading, loops, observers);
    }

    /**
     * A chain with its key in {@code place}, which was asked for and tried once; blocks meanwhile.
     *
     * @throws IllegalArgumentException of the form "field: cause; fix" when {@code place} cannot be right
     * @throws OperationException when the place has no such key, or the key does not do its work
     * @throws HolderAwayException when the place does not answer
     */
    public Credential tried(KeyUri place, List<X509Certificate> chain) throws OperationException, HolderAwayException {
        Credential credential;
        if (place instanceof KeyUri.InKeyServer || place instanceof KeyServerUri) {
            credential = keyServers.tried(place, chain);
        } else {
            try {
                credential = Credential.external(chain, key(place, chain.get(0)));
                KeyTrial.run(credential, null);
            } catch (OperationException e) {
                if (isAway(e)) {
                    throw new HolderAwayException(e);
                }
                throw e;
            }
        }
        served.add(new Served(place, chain.get(0).getPublicKey()));
        return credential;
    }

    /** Whether the place has served a key before, so that a certificate for it is worth serving while it is away. */
    public boolean hasServed(KeyUri place, X509Certificate certificate) {
        return served.contains(new Served(place, certificate.getPublicKey()));
    }

    /** The same chain and key while the place does not answer: its operations fail until it does. */
    public Credential untried(KeyUri place, List<X509Certificate> chain) throws OperationException {
        served.add(new Served(place, chain.get(0).getPublicKey()));
        if (place instanceof KeyUri.InKeyServer || place instanceof KeyServerUri) {
            return keyServers.untried(place, chain);
        }
        return Credential.external(chain, AwayKey.of(place, chain.get(0)));
    }

    /** Tokens and agents that cannot be reached throw with the failure of the device; what they refuse has no cause. */
    private static boolean isAway(OperationException e) {
        return e.reason() == OperationException.Reason.TIMED_OUT
                || (e.reason() == OperationException.Reason.KEY_UNAVAILABLE && e.getCause() != null);
    }

    private ExternalPrivateKey key(KeyUri place, X509Certificate certificate) throws OperationException {
        if (place instanceof Pkcs11Uri token) {
            return tokenKey(token, certificate);
        }
        if (place instanceof KeyUri.InSshAgent agent) {
            return agentKey(agent, certificate);
        }
        throw new IllegalArgumentException("uri: the key in " + place.describe() + " is not outside; load it");
    }

    /** What has to live in a loop of the server that uses these keys; {@code loop} counts from 0. */
    public List<SelectorDriven> companions(int loop) {
        return keyServers.companions(loop);
    }

    private ExternalPrivateKey tokenKey(Pkcs11Uri uri, X509Certificate certificate) throws OperationException {
        Pkcs11Keys open = tokens.get(uri);
        if (open == null) {
            Pkcs11Keys opened = open(uri);
            tokens.put(uri, opened);
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
                return key;
            } catch (OperationException e) {
                again.close();
                throw e;
            }
        }
    }

    private Pkcs11Keys open(Pkcs11Uri uri) throws OperationException {
        Path library = library(uri);
        Pkcs11Keys.Builder builder = Pkcs11Keys.builder(library);
        if (uri.slotId().isPresent()) {
            builder.slot(uri.slotId().getAsLong());
        } else if (!uri.token().isEmpty()) {
            builder.slot(TokenSlots.find(library, uri.token()));
        }
        if (uri.pinFile() != null) {
            return builder.pinFile(uri.pinFile()).open();
        }
        String variable = uri.pinVariable() != null ? uri.pinVariable() : PIN_VARIABLE;
        if (variables.apply(variable) == null) {
            throw new IllegalArgumentException("uri: the PIN of the " + uri.describe() + " is not known; add"
                    + " '?pin-source=file:/path' or set the environment variable " + variable);
        }
        return builder.pin(() -> {
                    String pin = variables.apply(variable);
                    return pin == null ? new char[0] : pin.toCharArray();
                })
                .open();
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

    private ExternalPrivateKey agentKey(KeyUri.InSshAgent uri, X509Certificate certificate) throws OperationException {
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

    /** Ends all of it; operations under way fail. Called when no loop runs any more. */
    @Override
    public void close() {
        replaced.forEach(Pkcs11Keys::close);
        tokens.values().forEach(Pkcs11Keys::close);
        agents.values().forEach(SshAgentKeys::close);
        keyServers.close();
    }
}
