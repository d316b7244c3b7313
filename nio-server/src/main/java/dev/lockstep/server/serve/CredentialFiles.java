package dev.lockstep.server.serve;

import dev.lockstep.server.UsageError;
import dev.lockstep.server.keyuri.KeyUri;
import dev.lockstep.server.keyuri.RemoteKeys;
import dev.lockstep.server.pem.CaCertificates;
import dev.lockstep.server.pem.CertificateChain;
import dev.lockstep.server.pem.PemFiles;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.setting.ConfigException;
import dev.lockstep.tls.wait.OperationException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads a certificate file with its key, and finds out that they belong together before anybody connects. */
final class CredentialFiles {

    private final KeyMode keyMode;
    private final RemoteKeys remote;
    private final char @Nullable [] password;
    private final Instant now;
    private final boolean allowAuthorities;

    /** @param allowAuthorities whether a certificate may be an authority's */
    CredentialFiles(
            KeyMode keyMode, RemoteKeys remote, char @Nullable [] password, Instant now, boolean allowAuthorities) {
        this.allowAuthorities = allowAuthorities;
        this.keyMode = keyMode;
        this.remote = remote;
        this.password = password;
        this.now = now;
    }

    /**
     * Loads a pair.
     *
     * @param certOption the option that named the certificate file
     * @param keyOption the option that named the key's place
     */
    Credential load(String certOption, Path certFile, String keyOption, KeyUri place) throws UsageError {
        List<X509Certificate> chain = CertificateChain.load(certOption, certFile, now);
        CaCertificates.refuse(certOption, certFile, chain.get(0), allowAuthorities);
        try {
            return place instanceof KeyUri.InFile file
                    ? fromFile(certOption, certFile, chain, keyOption, file.path())
                    : Credential.external(chain, remote.key(place, chain.get(0)));
        } catch (IllegalArgumentException e) {
            throw UsageError.of(keyOption, e);
        } catch (OperationException e) {
            throw new UsageError(
                    keyOption,
                    "no key for " + certFile + " in the " + place.describe() + ": " + e.getMessage(),
                    "see that the key is there and may be used");
        }
    }

    private Credential fromFile(
            String certOption, Path certFile, List<X509Certificate> chain, String keyOption, Path keyFile)
            throws UsageError {
        PrivateKey key = PemFiles.privateKey(keyOption, keyFile, password);
        try {
            // Tries the key out with a signature; the credential that is served asks the key where it is placed.
            Credential.local(chain, key);
        } catch (ConfigException e) {
            throw e.field().equals("chain")
                    ? UsageError.of(certOption, e)
                    : new UsageError(
                            keyOption,
                            keyFile + " does not match the certificate in " + certFile,
                            "give the key that the certificate was issued for");
        }
        return Credential.external(chain, keyMode.place(key));
    }
}
