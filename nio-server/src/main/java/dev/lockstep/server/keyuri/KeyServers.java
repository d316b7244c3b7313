package dev.lockstep.server.keyuri;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The key servers of a server, each with its one connection in the loop, and short ones to ask and try keys. */
final class KeyServers implements AutoCloseable {

    private final Supplier<Reading> reading;
    private final Map<KeyUri, KeyServerKeys> keyServers = new HashMap<>();

    /** @param reading opens the files of keyserver+tls URIs */
    KeyServers(Supplier<Reading> reading) {
        this.reading = reading;
    }

    /** Asks a key server for the key of a chain and tries it. */
    Credential tried(KeyUri place, List<X509Certificate> chain) throws OperationException, HolderAwayException {
        X509Certificate leaf = chain.get(0);
        KeyServerKeys keys = keys(place);
        try {
            keys.learn();
            if (!keys.offers(leaf)) {
                throw new OperationException(
                        Reason.KEY_UNAVAILABLE,
                        "it has no key of this certificate, or none for this client (it offers " + keys.offered()
                                + ")");
            }
            try (KeyServerKeys trial = connect(place)) { // not the one of the loop, which belongs to another thread
                KeyTrial.run(trial.credential(chain), trial);
            }
        } catch (OperationException e) {
            if (isAway(e)) {
                throw new HolderAwayException(e);
            }
            throw e;
        }
        return keys.credential(chain);
    }

    /** The key itself, which works as soon as its key server does. */
    Credential untried(KeyUri place, List<X509Certificate> chain) throws OperationException {
        return keys(place).credential(chain);
    }

    private static boolean isAway(OperationException e) {
        Throwable cause = e.getCause();
        boolean refused = cause instanceof ProtocolException || cause instanceof SSLException;
        return e.reason() == Reason.TIMED_OUT || (cause instanceof IOException && !refused);
    }

    private KeyServerKeys keys(KeyUri place) throws OperationException {
        KeyServerKeys known = keyServers.get(place);
        if (known == null) {
            known = connect(place);
            keyServers.put(place, known);
        }
        return known;
    }

    private KeyServerKeys connect(KeyUri place) throws OperationException {
        if (place instanceof KeyUri.InKeyServer local) {
            return KeyServerKeys.unix(local.socket())
                    .decryption(local.decryption())
                    .build();
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
                    .decryption(remote.decryption())
                    .build();
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

    /** What has to live in the selector loop. */
    List<SelectorDriven> companions() {
        return List.copyOf(keyServers.values());
    }

    /** Called by the thread of the loop. */
    @Override
    public void close() {
        keyServers.values().forEach(KeyServerKeys::close);
    }
}
