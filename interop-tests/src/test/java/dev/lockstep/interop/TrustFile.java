package dev.lockstep.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SignatureException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** The JDK's path validation with one PEM file as the only root, for every client written in Java. */
final class TrustFile {
    private TrustFile() {}

    static X509ExtendedTrustManager manager(Path file) throws GeneralSecurityException, IOException {
        KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
        trust.load(null, null);
        try (InputStream in = Files.newInputStream(file)) {
            trust.setCertificateEntry(
                    "root", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
        managers.init(trust);
        // "PKIX" of the JDK makes exactly one, of this type.
        return (X509ExtendedTrustManager) managers.getTrustManagers()[0];
    }

    /** {@link Exchange.Outcome#CERTIFICATE_REFUSED} if a handshake failed because no path leads to the root. */
    static Exchange.Outcome refusalOr(Throwable failure, Exchange.Outcome otherwise) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertPathBuilderException
                    || cause instanceof CertPathValidatorException
                    || cause instanceof SignatureException) {
                return Exchange.Outcome.CERTIFICATE_REFUSED;
            }
        }
        return otherwise;
    }
}
