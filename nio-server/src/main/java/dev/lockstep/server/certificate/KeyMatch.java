package dev.lockstep.server.certificate;

import dev.lockstep.server.UsageError;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.setting.ConfigException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** Whether a key from a file is that of a certificate from a file. */
public final class KeyMatch {

    private KeyMatch() {}

    /**
     * Tries the key out with a signature.
     *
     * @param certOption the option that named the certificate's file
     * @param keyOption the option that named the key's
     * @throws UsageError when the certificate cannot be served, or the key is another one's
     */
    public static void require(
            String certOption,
            Path certFile,
            List<X509Certificate> chain,
            String keyOption,
            Path keyFile,
            PrivateKey key)
            throws UsageError {
        try {
            Credential unused = Credential.local(chain, key);
        } catch (ConfigException e) {
            throw e.field().equals("chain")
                    ? UsageError.of(certOption, e)
                    : new UsageError(
                            keyOption,
                            keyFile + " does not match the certificate in " + certFile,
                            "give the key that the certificate was issued for");
        }
    }
}
