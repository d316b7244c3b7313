package dev.lockstep.server.credential;

import dev.lockstep.keys.compose.KeyObserver;
import dev.lockstep.keys.uri.KeyUri;
import dev.lockstep.server.UsageError;
import dev.lockstep.server.certificate.CaCertificates;
import dev.lockstep.server.certificate.KeyMatch;
import dev.lockstep.server.keyuri.HolderAwayException;
import dev.lockstep.server.keyuri.RemoteKeys;
import dev.lockstep.server.ops.ObservedCredential;
import dev.lockstep.server.pem.CertificateChain;
import dev.lockstep.server.pem.PemFiles;
import dev.lockstep.server.pem.Reading;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.wait.OperationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/** Loads a certificate file with its key, and finds out that they belong together before a client connects. */
public final class CredentialFiles {

    /**
     * What is asked of certificates and keys.
     *
     * @param allowAuthorities whether a certificate may be an authority's
     * @param requireKeys whether a key must have been tried once before a certificate with it is served; otherwise one
     *     whose holder is away is served and awaited
     */
    public record Demands(boolean allowAuthorities, boolean requireKeys) {}

    private final KeyMode keyMode;
    private final RemoteKeys remote;
    private final Reading reading;
    private final Instant now;
    private final Demands demands;
    private final Findings findings;
    private final KeyObserver observer;

    /**
     * For one loading.
     *
     * @param reading has the password of encrypted keys, and is told what is not used
     * @param findings is told of keys whose holder is away
     * @param observer is told of every operation of the keys
     */
    public CredentialFiles(
            KeyMode keyMode,
            RemoteKeys remote,
            Reading reading,
            Instant now,
            Demands demands,
            Findings findings,
            KeyObserver observer) {
        this.observer = observer;
        this.keyMode = keyMode;
        this.remote = remote;
        this.reading = reading;
        this.now = now;
        this.demands = demands;
        this.findings = findings;
    }

    /**
     * Loads a pair.
     *
     * @param certOption the option that named the certificate file
     * @param keyOption the option that named the key's place
     */
    public Credential load(String certOption, Path certFile, String keyOption, KeyUri place) throws UsageError {
        List<X509Certificate> chain = CertificateChain.load(certOption, certFile, now, reading);
        CaCertificates.refuse(certOption, certFile.toString(), chain.get(0), demands.allowAuthorities());
        try {
            Credential loaded = place instanceof KeyUri.InFile file
                    ? fromFile(certOption, certFile, chain, keyOption, file.path())
                    : fromOutside(certFile, chain, keyOption, place);
            return ObservedCredential.of(loaded, observer);
        } catch (IllegalArgumentException e) {
            throw UsageError.of(keyOption, e);
        }
    }

    private Credential fromOutside(Path certFile, List<X509Certificate> chain, String keyOption, KeyUri place)
            throws UsageError {
        requireSocket(keyOption, place);
        try {
            try {
                return remote.tried(place, chain);
            } catch (HolderAwayException e) {
                String cause = "the key for " + certFile + " cannot be tried, since the " + place.describe()
                        + " does not answer: " + e.getMessage();
                // What serves now is away as well: a renewed certificate for the same key is not worse.
                if (demands.requireKeys() && !remote.hasServed(place, chain.get(0))) {
                    throw new UsageError(keyOption, cause, "start it first, and see that this user may reach it");
                }
                findings.await(
                        new Findings.Awaited(chain.get(0), !RemoteKeys.comesBack(place), keyOption + ": " + cause));
                return remote.untried(place, chain);
            }
        } catch (OperationException e) {
            throw UsageError.of(
                    keyOption,
                    "no key for " + certFile + " in the " + place.describe() + ": ",
                    e.getMessage(),
                    "see that the key is there and may be used");
        }
    }

    /** The kernel refuses a connection to a file or a directory as it does one to a socket without a listener. */
    private static void requireSocket(String keyOption, KeyUri place) throws UsageError {
        Path socket = place instanceof KeyUri.InKeyServer server
                ? server.socket()
                : place instanceof KeyUri.InSshAgent agent ? agent.socket() : null;
        if (socket != null && (Files.isRegularFile(socket) || Files.isDirectory(socket))) {
            throw new UsageError(keyOption, socket + " is no socket", "give the path of the socket that it listens on");
        }
    }

    private Credential fromFile(
            String certOption, Path certFile, List<X509Certificate> chain, String keyOption, Path keyFile)
            throws UsageError {
        PrivateKey key = PemFiles.privateKey(keyOption, keyFile, reading);
        // The credential that is served asks the key where it is placed.
        KeyMatch.require(certOption, certFile, chain, keyOption, keyFile, key);
        return Credential.external(chain, keyMode.place(key));
    }
}
