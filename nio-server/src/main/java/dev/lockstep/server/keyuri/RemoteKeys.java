package dev.lockstep.server.keyuri;

import dev.lockstep.keys.keyserver.KeyServerObserver;
import dev.lockstep.keys.keyserver.SelectorDriven;
import dev.lockstep.keys.uri.KeyHolders;
import dev.lockstep.keys.uri.KeyServerUri;
import dev.lockstep.keys.uri.KeyUri;
import dev.lockstep.keys.uri.Pkcs11Uri;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.wait.OperationException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
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

    private record Served(KeyUri place, PublicKey key) {}

    private record Place(KeyUri place, List<X509Certificate> chain) {}

    private final KeyHolders holders;
    private final KeyServers keyServers;
    private final Set<Served> served = new HashSet<>();

    /** Where the keys that were asked for last are. */
    private final Map<PublicKey, Place> places = new HashMap<>();

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
        this.holders = new KeyHolders(variables);
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
        if (comesBack(place)) {
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
        serves(place, chain);
        return credential;
    }

    private void serves(KeyUri place, List<X509Certificate> chain) {
        PublicKey key = chain.get(0).getPublicKey();
        served.add(new Served(place, key));
        places.put(key, new Place(place, chain));
    }

    /**
     * Has a key that is served sign once more, here or where it is; blocks meanwhile.
     *
     * @return whether it did
     */
    public boolean signs(Credential credential) {
        Place known = places.get(credential.certificate().getPublicKey());
        try {
            if (known == null) {
                KeyTrial.run(credential, null);
            } else {
                Credential unused = tried(known.place(), known.chain());
            }
            return true;
        } catch (OperationException | HolderAwayException e) {
            return false;
        }
    }

    /** Whether the place has served a key before, so that a certificate for it is worth serving while it is away. */
    public boolean hasServed(KeyUri place, X509Certificate certificate) {
        return served.contains(new Served(place, certificate.getPublicKey()));
    }

    /** Whether a key that is served untried works as soon as its place answers; otherwise it has to be tried again then. */
    public static boolean comesBack(KeyUri place) {
        return place instanceof KeyUri.InKeyServer || place instanceof KeyServerUri;
    }

    /** The same chain and key while the place does not answer: its operations fail until it does, or until it is tried again. */
    public Credential untried(KeyUri place, List<X509Certificate> chain) throws OperationException {
        serves(place, chain);
        if (comesBack(place)) {
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
            return holders.key(token, certificate);
        }
        if (place instanceof KeyUri.InSshAgent agent) {
            return holders.key(agent, certificate);
        }
        throw new IllegalArgumentException("uri: the key in " + place.describe() + " is not outside; load it");
    }

    /** What has to live in a loop of the server that uses these keys; {@code loop} counts from 0. */
    public List<SelectorDriven> companions(int loop) {
        return keyServers.companions(loop);
    }

    /** Ends all of it; operations under way fail. Called when no loop runs any more. */
    @Override
    public void close() {
        holders.close();
        keyServers.close();
    }
}
