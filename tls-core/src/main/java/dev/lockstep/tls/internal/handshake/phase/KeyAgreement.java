package dev.lockstep.tls.internal.handshake.phase;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.tls.internal.message.ClientKeyExchange;
import dev.lockstep.tls.internal.secrets.MasterSecret;
import dev.lockstep.tls.internal.secrets.PremasterSecret;
import dev.lockstep.tls.internal.secrets.PskPremaster;
import dev.lockstep.tls.psk.PskIdentity;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one handshake on their way from key share and ClientKeyExchange to the premaster and the master secret.
 * It owns every array that it is given, and {@link #wipe} clears them all.
 */
public final class KeyAgreement {

    private static final byte[] NONE = {};

    /** The server's ephemeral key; dropped once it has served. */
    public final Once<KeyShare> share = new Once<>();
    /** The message with the client's public value, until it has served. */
    public final Once<ClientKeyExchange> clientShare = new Once<>();
    /** The identity of the pre-shared key of the master secret, in this handshake or in the one that it resumes. */
    public final Once<PskIdentity> pskIdentity = new Once<>();
    /** The encrypted premaster secret that awaits the credential's key. */
    public final Once<byte[]> ciphertext = new Once<>();

    public final Once<MasterSecret> master = new Once<>();
    /** The pre-shared key. */
    public final Once<byte[]> psk = new Once<>();
    /** The secret that was agreed on or decrypted. */
    public final Once<byte[]> shared = new Once<>();

    /** The ephemeral key that was given away: it serves, or is destroyed with the rest. */
    private @Nullable KeyShare lent;

    private byte[] standIn = NONE;
    private byte[] noPremaster = NONE;

    /**
     * Returns the random value that takes the place of a secret that does not come; the caller wipes it. It serves once: the value
     * for a pre-shared key is none for a decryption.
     *
     * @throws IllegalStateException when none was drawn: nothing else may stand there, least of all what a client can guess
     */
    public byte[] takeStandIn() {
        byte[] random = standIn;
        if (random.length == 0) {
            throw new IllegalStateException("no random value was drawn to take the place of a secret");
        }
        standIn = NONE;
        return random;
    }

    /** Keeps a random value, drawn before the question is asked whose answer it may replace. */
    public void standIn(byte[] random) {
        Wipe.bytes(standIn);
        standIn = random;
    }

    /** Returns what takes the place of a decryption that fails: no secret, and as long as one. */
    public byte[] noPremaster() {
        return noPremaster;
    }

    /** Keeps what takes the place of a decryption that fails. */
    public void noPremaster(byte[] zeros) {
        noPremaster = zeros;
    }

    /** Returns the ephemeral key, for the one agreement that it serves, on any thread. */
    public KeyShare takeShare() {
        KeyShare key = share.get();
        lent = key;
        share.clear();
        return key;
    }

    /** Returns the premaster secret (RFC 5246 8.1, RFC 4279 2) and clears what it was made of. */
    public PremasterSecret takePremaster(Agreement agreement) {
        byte[] secret = shared.orElse(NONE);
        byte[] key = psk.orElse(NONE);
        shared.clear();
        psk.clear();
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
        KeyShare key = share.orNull();
        if (key != null) {
            key.destroy();
            share.clear();
        }
        if (lent != null) {
            lent.destroy(); // unless its agreement has begun
            lent = null;
        }
        clientShare.clear();
        Wipe.bytes(standIn, psk.orNull(), shared.orNull());
        standIn = NONE;
        psk.clear();
        shared.clear();
        MasterSecret secret = master.orNull();
        if (secret != null) {
            secret.wipe();
            master.clear();
        }
    }

    /** Tells whether a secret is still held. */
    public boolean holdsSecrets() {
        return share.isSet() || master.isSet() || psk.isSet() || shared.isSet() || standIn.length > 0;
    }

    @Override
    public String toString() {
        return "KeyAgreement";
    }
}
