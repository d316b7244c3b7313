package dev.lockstep.keys.keyserver.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;

/** Which key: the SHA-256 of its SubjectPublicKeyInfo in DER, so that a certificate says what to ask for. Immutable. */
public final class KeyId {

    /** Bytes of an id. */
    public static final int LENGTH = 32;

    private final byte[] value;

    private KeyId(byte[] value) {
        this.value = value;
    }

    /**
     * Returns the id of {@code key}.
     *
     * @throws IllegalArgumentException when the key has no X.509 encoding
     */
    public static KeyId of(PublicKey key) {
        byte[] encoded = key.getEncoded();
        if (encoded == null) {
            throw new IllegalArgumentException("key: has no encoding; take the key of a certificate");
        }
        return ofEncoded(encoded);
    }

    /** Returns the id of the key whose SubjectPublicKeyInfo is {@code encoded}. */
    public static KeyId ofEncoded(byte[] encoded) {
        try {
            return new KeyId(MessageDigest.getInstance("SHA-256").digest(encoded));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Returns an id from its bytes, which are copied.
     *
     * @throws IllegalArgumentException when they are not {@link #LENGTH}
     */
    public static KeyId ofBytes(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("bytes: are " + bytes.length + "; give " + LENGTH);
        }
        return new KeyId(bytes.clone());
    }

    /** Returns the id's bytes; a fresh copy. */
    public byte[] bytes() {
        return value.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyId id && Arrays.equals(value, id.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    /** Returns the id in hex, as a key-use log may name it. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(value);
    }
}
