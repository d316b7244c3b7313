package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.internal.secrets.PremasterSecret;
import dev.lockstep.tls.internal.secrets.PskPremaster;
import dev.lockstep.tls.psk.PskIdentity;

/**
 * The secrets of one handshake on their way from key share and ClientKeyExchange to the premaster and the master secret.
 * It owns every array that it is given, and {@link #wipe} clears them all.
 */
public final class KeyAgreement {

    private static final byte[] NONE = {};

    private final Once<KeyShare> share = new Once<>();
    private final Once<PskIdentity> pskIdentity = new Once<>();
    private final Once<MasterSecret> master = new Once<>();
    private byte[] ciphertext = NONE;
    private byte[] standIn = NONE;
    private byte[] psk = NONE;
    private byte[] shared = NONE;

    /** The server's ephemeral key; dropped once it has served. */
    public Once<KeyShare> share() {
        return share;
    }

    /** The identity of the pre-shared key behind the master secret, in this handshake or in the one that it resumes. */
    public Once<PskIdentity> pskIdentity() {
        return pskIdentity;
    }

    /** The master secret. */
    public Once<MasterSecret> master() {
        return master;
    }

    /** Returns the encrypted premaster secret that awaits the credential's key. */
    public byte[] ciphertext() {
        return ciphertext;
    }

    public void ciphertext(byte[] encrypted) {
        ciphertext = encrypted;
    }

    /** Returns the random value that takes the place of a secret that does not come. */
    public byte[] standIn() {
        return standIn;
    }

    /** Keeps a random value, drawn before the question is asked whose answer it may replace. */
    public void standIn(byte[] random) {
        Wipe.bytes(standIn);
        standIn = random;
    }

    /** Keeps the pre-shared key. */
    public void psk(byte[] key) {
        psk = key;
    }

    /** Keeps the secret that was agreed on or decrypted. */
    public void shared(byte[] secret) {
        shared = secret;
    }

    /** Destroys the ephemeral key: nothing that was agreed with it can be computed again. */
    public void dropShare() {
        KeyShare key = share.orNull();
        if (key != null) {
            key.destroy();
            share.clear();
        }
    }

    /** Returns the premaster secret (RFC 5246 8.1, RFC 4279 2) and clears what it was made of. */
    public PremasterSecret takePremaster(Agreement agreement) {
        byte[] secret = shared;
        byte[] key = psk;
        shared = NONE;
        psk = NONE;
        if (!agreement.usesPsk()) {
            return new PremasterSecret(secret);
        }
        try {
            boolean alone = !agreement.isEphemeral() && !agreement.decryptsPremaster();
            return alone ? PskPremaster.plain(key) : PskPremaster.combined(new PremasterSecret(secret), key);
        } finally {
            Wipe.bytes(key);
        }
    }

    /** Clears every secret. */
    public void wipe() {
        dropShare();
        Wipe.bytes(standIn, psk, shared);
        standIn = NONE;
        psk = NONE;
        shared = NONE;
        MasterSecret secret = master.orNull();
        if (secret != null) {
            secret.wipe();
            master.clear();
        }
    }

    /** Tells whether a secret is still held. */
    public boolean holdsSecrets() {
        return share.isSet() || master.isSet() || standIn.length + psk.length + shared.length > 0;
    }

    @Override
    public String toString() {
        return "KeyAgreement";
    }
}
