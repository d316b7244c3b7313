package dev.lockstep.tls.internal.secrets;

import dev.lockstep.crypto.Wipe;

/** The outcome of the key exchange (RFC 5246 section 8.1), held until the master secret is made of it. */
public final class PremasterSecret {

    private final byte[] bytes;

    /** Takes the array over; {@link #wipe} clears it. */
    public PremasterSecret(byte[] bytes) {
        this.bytes = bytes;
    }

    byte[] bytes() {
        return bytes;
    }

    /** RFC 5246 8.1: "The pre_master_secret should be deleted from memory once the master_secret has been computed." */
    public void wipe() {
        Wipe.bytes(bytes);
    }

    @Override
    public String toString() {
        return "PremasterSecret";
    }
}
