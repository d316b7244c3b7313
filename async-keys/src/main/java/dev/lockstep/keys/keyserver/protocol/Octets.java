package dev.lockstep.keys.keyserver.protocol;

import java.util.Arrays;

/** The bytes that a message carries, compared by value and left out of its text form. They are not copied. */
public final class Octets {

    private final byte[] bytes;

    /** Takes {@code bytes} over: the caller must not change them afterwards, except to wipe them. */
    public Octets(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Returns the bytes themselves, so that their user can wipe them. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Octets octets && Arrays.equals(bytes, octets.bytes);
    }

    @Override
    public int hashCode() {
        return bytes.length; // a hash of a secret would tell of it
    }

    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}
