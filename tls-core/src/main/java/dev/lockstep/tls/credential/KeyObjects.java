package dev.lockstep.tls.credential;

import dev.lockstep.crypto.signature.SignatureVerifier;
import dev.lockstep.crypto.source.PrimitiveSources;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * A credential's key pair as those who compute hold it: in Java, and once more for the providers of a configuration, made when
 * the first connection needs it. Safe for any thread.
 */
final class KeyObjects {
    private final X509Certificate certificate;
    private final @Nullable PrivateKey key;
    private final Prepared java;
    private volatile Prepared latest;

    /**
     * A pair, ready to compute.
     *
     * @param local null if the private key is elsewhere
     */
    record Prepared(PrimitiveSources sources, @Nullable InProcessKey local, SignatureVerifier verifier) {}

    /** Takes over what was checked: that the private key, if there is one, belongs to the certificate. */
    KeyObjects(
            X509Certificate certificate,
            @Nullable PrivateKey key,
            @Nullable InProcessKey local,
            SignatureVerifier verifier) {
        this.certificate = certificate;
        this.key = key;
        this.java = new Prepared(PrimitiveSources.JAVA, local, verifier);
        this.latest = java;
    }

    Prepared java() {
        return java;
    }

    /** Returns the pair for what computes. Configurations that share a credential usually have the same providers. */
    Prepared of(PrimitiveSources sources) {
        if (sources.equals(PrimitiveSources.JAVA)) {
            return java;
        }
        Prepared prepared = latest;
        if (!prepared.sources().equals(sources)) {
            prepared = new Prepared(
                    sources,
                    key == null ? null : tried(key, sources),
                    SignatureVerifier.of(certificate.getPublicKey(), sources));
            latest = prepared;
        }
        return prepared;
    }

    /**
     * The private key with these sources, or in Java if a provider signs wrongly with it: one that is right for the keys of the
     * self-test may be wrong for another, and signatures of keys in this process are sent without being verified.
     */
    private @Nullable InProcessKey tried(PrivateKey key, PrimitiveSources sources) {
        try {
            InProcessKey local = new InProcessKey(key, certificate, sources);
            return local.signsRightly(java.verifier()) ? local : java.local();
        } catch (GeneralSecurityException e) {
            return java.local();
        }
    }
}
