package dev.lockstep.server;

import dev.lockstep.tls.keys.Credential;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads a certificate file with its key file, and finds out that they belong together before anybody connects. */
final class CredentialFiles {

    private final KeyMode keyMode;
    private final char @Nullable [] password;
    private final Instant now;

    CredentialFiles(KeyMode keyMode, char @Nullable [] password, Instant now) {
        this.keyMode = keyMode;
        this.password = password;
        this.now = now;
    }

    /**
     * Loads a pair.
     *
     * @param certOption the option that named the certificate file
     * @param keyOption the option that named the key file
     */
    Credential load(String certOption, Path certFile, String keyOption, Path keyFile) throws UsageError {
        List<X509Certificate> chain = CertificateChain.load(certOption, certFile, now);
        PrivateKey key = PemFiles.privateKey(keyOption, keyFile, password);
        try {
            // Tries the key out with a signature; the credential that is served asks the key where it is placed.
            Credential.local(chain, key);
        } catch (IllegalArgumentException e) {
            boolean chainAtFault = String.valueOf(e.getMessage()).startsWith("chain");
            throw chainAtFault
                    ? UsageError.of(certOption, e)
                    : new UsageError(
                            keyOption,
                            keyFile + " does not match the certificate in " + certFile,
                            "give the key that the certificate was issued for");
        }
        try {
            return Credential.external(chain, keyMode.place(key));
        } catch (IllegalArgumentException e) {
            throw UsageError.of(keyOption, e);
        }
    }
}
