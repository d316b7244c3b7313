package dev.lockstep.server.keyuri;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.keys.keyserver.KeyServerObserver;
import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.keys.keyserver.protocol.ProtocolException;
import dev.lockstep.keys.uri.KeyServerUri;
import dev.lockstep.keys.uri.KeyUri;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.certificate.MutualTls;
import dev.lockstep.server.files.FileStamps;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.server.pem.SecretFiles;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.wait.OperationException;
import dev.lockstep.tls.wait.OperationException.Reason;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The key servers of a server, each with its one connection in the loop, and short ones to ask and try keys. */
final class KeyServers implements AutoCloseable {

    /**
     * What the files of a keyserver+tls URI hold at one moment.
     *
     * @param made null for a Unix-domain socket, which needs none
     */
    private record ClientFiles(FileStamps stamps, @Nullable SSLContext made) {

        static final ClientFiles NONE = new ClientFiles(FileStamps.of(List.of()), null);

        SSLContext context() {
            return Objects.requireNonNull(made, "TLS has its files");
        }
    }

    /** The files with which connections are made from now on; any thread. */
    private static final class CurrentFiles {

        volatile ClientFiles files;

        CurrentFiles(ClientFiles files) {
            this.files = files;
        }
    }

    /** The connections to a key server, and what they are made with. */
    private record Connected(LoopLinks links, CurrentFiles current) {}

    private final Supplier<Reading> reading;
    private final int loops;
    private final Function<String, KeyServerObserver> observers;
    private final Map<KeyUri, Connected> keyServers = new HashMap<>();

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

    /** Asks a key server for the key of a chain and tries it, with the files as they are now. */
    Credential tried(KeyUri place, List<X509Certificate> chain) throws OperationException, HolderAwayException {
        ClientFiles files = read(place);
        try (KeyServerKeys trial =
                builder(place, files::context).build()) { // not the one of the loop, which belongs to another thread
            trial.learn();
            if (!trial.offers(chain.get(0))) {
                throw new OperationException(
                        Reason.KEY_UNAVAILABLE,
                        "it has no key of this certificate, or none for this client (it offers " + trial.offered()
                                + ")");
            }
            KeyTrial.run(trial.credential(chain), trial);
            LoopLinks links = links(place, files);
            links.learnFrom(trial);
            return links.credential(chain);
        } catch (OperationException e) {
            if (isAway(e)) {
                throw new HolderAwayException(e);
            }
            throw e;
        }
    }

    /** The key itself, which works as soon as its key server does. */
    Credential untried(KeyUri place, List<X509Certificate> chain) throws OperationException {
        return links(place, read(place)).credential(chain);
    }

    private static boolean isAway(OperationException e) {
        Throwable cause = e.getCause();
        boolean refused = cause instanceof ProtocolException || cause instanceof SSLException;
        return e.reason() == Reason.TIMED_OUT || (cause instanceof IOException && !refused);
    }

    /**
     * The connections of the loops. If there are some already, they are made again with these files if those are others: a
     * client certificate that was renewed is used before the old one expires.
     */
    private LoopLinks links(KeyUri place, ClientFiles files) {
        Connected known = keyServers.get(place);
        if (known == null) {
            CurrentFiles current = new CurrentFiles(files);
            KeyServerKeys.Builder builder = builder(place, () -> current.files.context());
            LoopLinks links = LoopLinks.of(loops, loop -> builder.observer(observers.apply(place.describe()))
                    .build());
            known = new Connected(links, current);
            keyServers.put(place, known);
        } else if (!known.current().files.stamps().equals(files.stamps())) {
            known.current().files = files;
            known.links().reconnect();
        }
        return known.links();
    }

    private static KeyServerKeys.Builder builder(KeyUri place, Supplier<SSLContext> context) {
        if (place instanceof KeyUri.InKeyServer local) {
            return KeyServerKeys.unix(local.socket()).decryption(local.decryption());
        }
        KeyServerUri remote = (KeyServerUri) place;
        return KeyServerKeys.tcp(remote.host(), remote.port(), context).decryption(remote.decryption());
    }

    private ClientFiles read(KeyUri place) throws OperationException {
        if (!(place instanceof KeyServerUri remote)) {
            return ClientFiles.NONE;
        }
        FileStamps stamps = FileStamps.of(remote.files()); // first: what changes meanwhile is another state
        Reading files = reading.get();
        try {
            new SecretFiles(files.notes()).checkTrust("keyserver+tls-ca", remote.ca());
            return new ClientFiles(
                    stamps,
                    MutualTls.context(
                            "keyserver+tls",
                            remote.cert(),
                            remote.key(),
                            files,
                            "keyserver+tls-ca",
                            remote.ca(),
                            Instant.now()));
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
        keyServers.values().forEach(each -> companions.add(each.links().of(loop)));
        return companions;
    }

    /** Called when no loop runs any more. */
    @Override
    public void close() {
        keyServers.values().forEach(each -> each.links().close());
    }
}
