package dev.lockstep.tls.internal.secrets;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.hash.Hmac;
import dev.lockstep.crypto.hash.Prf;
import dev.lockstep.tls.spec.CipherSuite;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The 48 bytes that a session's keys and verify_data are derived from (RFC 5246 section 8.1, RFC 7627 section 4). */
public final class MasterSecret {

    private static final int LENGTH = 48;
    private static final byte[] NO_SEED = {};

    private final Prf prf;
    private final byte[] bytes;

    /** What every derivation begins with, from the first one on. */
    private @Nullable Hmac keyed;

    private MasterSecret(Prf prf, byte[] bytes) {
        this.prf = prf;
        this.bytes = bytes;
    }

    /** {@code PRF(pre_master_secret, "master secret", ClientHello.random + ServerHello.random)[0..47]}. */
    public static MasterSecret derive(
            HashAlgorithm hash, PremasterSecret premaster, byte[] clientRandom, byte[] serverRandom) {
        Prf prf = Prf.of(hash);
        return new MasterSecret(
                prf, prf.derive(premaster.bytes(), "master secret", clientRandom, serverRandom, LENGTH));
    }

    /** RFC 7627 4: {@code PRF(pre_master_secret, "extended master secret", session_hash)[0..47]}. */
    public static MasterSecret deriveExtended(HashAlgorithm hash, PremasterSecret premaster, byte[] sessionHash) {
        Prf prf = Prf.of(hash);
        return new MasterSecret(prf, prf.derive(premaster.bytes(), "extended master secret", sessionHash, LENGTH));
    }

    /** The master secret of a session that is resumed. Takes the array over; {@link #wipe} clears it. */
    public static MasterSecret restore(HashAlgorithm hash, byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a master secret of " + bytes.length + " bytes");
        }
        return new MasterSecret(Prf.of(hash), bytes);
    }

    /** The secret itself, for a session that is kept; the caller wipes it. */
    public byte[] copyOfBytes() {
        return bytes.clone();
    }

    /** The keys of a connection: {@code PRF(master_secret, "key expansion", server_random + client_random)}. */
    public KeyBlock expand(CipherSuite suite, byte[] clientRandom, byte[] serverRandom) {
        byte[] block = derive("key expansion", serverRandom, clientRandom, KeyBlock.length(suite));
        try {
            return KeyBlock.partition(suite, block);
        } finally {
            Wipe.bytes(block);
        }
    }

    /** RFC 5246 7.4.9: {@code PRF(master_secret, finished_label, Hash(handshake_messages))[0..11]}. */
    public byte[] verifyData(String finishedLabel, byte[] handshakeHash) {
        return derive(finishedLabel, handshakeHash, 12);
    }

    byte[] derive(String label, byte[] seed, int length) {
        return derive(label, seed, NO_SEED, length);
    }

    private byte[] derive(String label, byte[] seed1, byte[] seed2, int length) {
        Hmac hmac = keyed;
        if (hmac == null) {
            hmac = prf.keyed(bytes);
            keyed = hmac;
        }
        return Prf.derive(hmac, label, seed1, seed2, length);
    }

    /** The secret in hexadecimal, for a key log that was asked for. */
    public String toKeyLogHex() {
        return HexFormat.of().formatHex(bytes);
    }

    /** Drops what makes the next derivation fast, for a secret that is kept and seldom used. */
    public void rest() {
        Hmac hmac = keyed;
        if (hmac != null) {
            hmac.destroy();
            keyed = null;
        }
    }

    /** Clears the secret. */
    public void wipe() {
        Wipe.bytes(bytes);
        rest();
    }

    @Override
    public String toString() {
        return "MasterSecret";
    }
}
