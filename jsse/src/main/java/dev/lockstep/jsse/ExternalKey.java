package dev.lockstep.jsse;

import dev.lockstep.tls.key.ExternalPrivateKey;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.PrivateKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A private key that lives elsewhere, in the form that key managers and key stores carry. Lockstep's engines recognize it and
 * suspend handshakes while it works; other providers can do nothing with it, as it has no encoding.
 */
public final class ExternalKey implements PrivateKey {

    private static final long serialVersionUID = 1L;

    private final String algorithm;
    private final transient ExternalPrivateKey key;

    private ExternalKey(ExternalPrivateKey key, String algorithm) {
        this.key = key;
        this.algorithm = algorithm;
    }

    /**
     * Wraps a key.
     *
     * @param key does the work
     * @param algorithm that of the certificate's public key, by which key managers find the key: {@code RSA}, {@code EC},
     *     {@code RSASSA-PSS} or {@code EdDSA}
     */
    public static ExternalKey of(ExternalPrivateKey key, String algorithm) {
        return new ExternalKey(Objects.requireNonNull(key, "key"), Objects.requireNonNull(algorithm, "algorithm"));
    }

    /** Returns the key that does the work. */
    public ExternalPrivateKey key() {
        return key;
    }

    @Override
    public String getAlgorithm() {
        return algorithm;
    }

    /** Null: the key gives no encoding. */
    @Override
    public @Nullable String getFormat() {
        return null;
    }

    /** Null: the key gives no encoding. */
    @Override
    public byte @Nullable [] getEncoded() {
        return null;
    }

    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException("a key that lives elsewhere");
    }

    @Override
    public String toString() {
        return "ExternalKey[" + algorithm + "]";
    }
}
