package dev.lockstep.server.keyuri;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.keys.keyserver.KeyServerObserver;
import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import dev.lockstep.keys.uri.KeyServerUri;
import dev.lockstep.keys.uri.KeyUri;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.certificate.MutualTls;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The key servers of a server, each with its one connection in the loop, and short ones to ask and try keys. */
final class KeyServers implements AutoCloseable {

    private final Supplier<Reading> reading;
    private final int loops;
    private final Function<String, KeyServerObserver> observers;
    private final Map<KeyUri, LoopLinks> keyServers = new HashMap<>();

    /**
     * Connects to none yet.
     *
     * @param reading opens the files of keyserver+tls URIs
     * @param loops how many loops use them
     * @param observers makes the observer of a connection to the key server that is described
     */
    KeyServers(Supplier<Reading> reading, int loops, Function<String, KeyServerObserver> observers) {
        this.loops = loops;
        this.observers = observers;
        this.reading = reading;
    }

    /** Asks a key server for the key of a chain and tries it. */
    Credential tried(KeyUri place, List<X509Certificate> chain) throws OperationException, HolderAwayException {
        X509Certificate leaf = chain.get(0);
        LoopLinks links = links(place);
        try {
            KeyServerKeys keys = links.learn();
            if (!keys.offers(leaf)) {
                throw new OperationException(
                        Reason.KEY_UNAVAILABLE,
                        "it has no key of this certificate, or none for this client (it offers " + keys.offered()
                                + ")");
            }
            try (KeyServerKeys trial =
                    builder(place).build()) { // not the one of the loop, which belongs to another thread
                KeyTrial.run(trial.credential(chain), trial);
            }
        } catch (OperationException e) {
            if (isAway(e)) {
                throw new HolderAwayException(e);
            }
            throw e;
        }
        return links.credential(chain);
    }

    /** The key itself, which works as soon as its key server does. */
    Credential untried(KeyUri place, List<X509Certificate> chain) throws OperationException {
        return links(place).credential(chain);
    }

    private static boolean isAway(OperationException e) {
        Throwable cause = e.getCause();
        boolean refused = cause instanceof ProtocolException || cause instanceof SSLException;
        return e.reason() == Reason.TIMED_OUT || (cause instanceof IOException && !refused);
    }

    private LoopLinks links(KeyUri place) throws OperationException {
        LoopLinks known = keyServers.get(place);
        if (known == null) {
            KeyServerKeys.Builder builder = builder(place);
            known = LoopLinks.of(loops, loop -> builder.observer(observers.apply(place.describe()))
                    .build());
            keyServers.put(place, known);
        }
        return known;
    }

    private KeyServerKeys.Builder builder(KeyUri place) throws OperationException {
        if (place instanceof KeyUri.InKeyServer local) {
            return KeyServerKeys.unix(local.socket()).decryption(local.decryption());
        }
        KeyServerUri remote = (KeyServerUri) place;
        InetSocketAddress address = new InetSocketAddress(remote.host(), remote.port());
        if (address.isUnresolved()) {
            throw new OperationException(
                    Reason.KEY_UNAVAILABLE, "the host name '" + remote.host() + "' has no address; check the name");
        }
        Reading files = reading.get();
        try {
            return KeyServerKeys.tcp(
                            address,
                            MutualTls.context(
                                    "keyserver+tls",
                                    remote.cert(),
                                    remote.key(),
                                    files,
                                    "keyserver+tls-ca",
                                    remote.ca(),
                                    Instant.now()))
                    .decryption(remote.decryption());
        } catch (UsageError e) {
            throw new OperationException(Reason.KEY_UNAVAILABLE, e.getMessage(), null);
        } finally {
            wipe(files.password());
        }
    }

    private static void wipe(char @Nullable [] password) {
        if (password != null) {
            java.util.Arrays.fill(password, '\0');
        }
    }

    /** What has to live in a loop. */
    List<SelectorDriven> companions(int loop) {
        List<SelectorDriven> companions = new ArrayList<>();
        keyServers.values().forEach(links -> companions.add(links.of(loop)));
        return companions;
    }

    /** Called when no loop runs any more. */
    @Override
    public void close() {
        keyServers.values().forEach(LoopLinks::close);
    }
}
