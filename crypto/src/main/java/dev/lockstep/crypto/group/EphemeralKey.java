package dev.lockstep.crypto.group;

import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.crypto.source.ProviderAgreement;
import java.security.SecureRandom;

/**
 * One ephemeral Diffie-Hellman key pair: generated, its public value sent, used for one agreement, gone.
 *
 * <p>{@link #agree} can be called once. That is what "ephemeral" means in DHE and ECDHE, and it takes away the repeated
 * measurements that timing attacks on a key agreement live on (Raccoon among them).
 *
 * <p>Not thread-safe: for one thread at a time.
 */
public abstract class EphemeralKey {
    private final Group group;
    private final byte[] publicValue;
    private boolean spent;

    EphemeralKey(Group group, byte[] publicValue) {
        this.group = group;
        this.publicValue = publicValue;
    }

    /**
     * Makes a fresh key pair, in Java.
     *
     * @param group where to compute
     * @param random the only source of randomness used
     * @return a key pair that has not been used
     */
    public static EphemeralKey generate(Group group, SecureRandom random) {
        return generate(group, random, PrimitiveSources.JAVA);
    }

    /**
     * Makes a fresh key pair.
     *
     * @param group where to compute
     * @param random the only source of randomness used, unless a provider computes, which has its own
     * @param sources what computes
     * @return a key pair that has not been used
     * @throws IllegalStateException if a provider fails
     */
    public static EphemeralKey generate(Group group, SecureRandom random, PrimitiveSources sources) {
        ProviderAgreement source = ProviderKey.source(group, sources);
        if (source != null) {
            return ProviderKey.fresh(group, source);
        }
        return switch (group) {
            case X25519, X448 -> MontgomeryKey.fresh(group, random);
            case SECP256R1, SECP384R1, SECP521R1 -> WeierstrassKey.fresh(NistCurve.of(group), random);
            case FFDHE2048, FFDHE3072, FFDHE4096, FFDHE6144, FFDHE8192 -> FiniteFieldKey.fresh(group, random);
        };
    }

    /**
     * Returns the group of this key.
     *
     * @return the group given to {@link #generate}
     */
    public final Group group() {
        return group;
    }

    /**
     * Returns what goes to the peer, always {@link Group#publicLength()} bytes: {@code 04 || x || y} on the NIST curves (RFC 8422
     * 5.4.1), {@code u} on the Montgomery curves (RFC 7748 5), {@code g^x mod p} as an unsigned big-endian number of the
     * length of {@code p} in a finite field.
     *
     * @return a copy, owned by the caller; available after the key has been destroyed, too
     */
    public final byte[] publicValue() {
        return publicValue.clone();
    }

    /**
     * Computes the premaster secret with the peer's public value, after validating that value in full, and destroys this
     * key, whether it succeeds or not.
     *
     * <p>RFC 8422 5.10: x coordinates keep their leading zeros; RFC 5246 8.1.2: finite field secrets lose them.
     *
     * <p>A value of no bytes is {@link InvalidPublicValueException.Kind#BAD_LENGTH}; everything else that is not a valid
     * public value of the group is {@link InvalidPublicValueException.Kind#BAD_VALUE}, another length included: a
     * compressed point, a point without its format byte and a curve25519 value of 31 bytes are values in an encoding that
     * was not agreed on, well-formed as far as the message's syntax goes.
     *
     * @param peerPublic the value from the peer's message, of any length; not changed
     * @return the premaster secret, owned and to be wiped by the caller
     * @throws InvalidPublicValueException if the peer's value is not acceptable
     * @throws IllegalStateException if this key has been used or destroyed before, or if a provider fails
     */
    public final byte[] agree(byte[] peerPublic) throws InvalidPublicValueException {
        if (spent) {
            throw new IllegalStateException("this ephemeral key has been used or destroyed");
        }
        try {
            if (peerPublic.length == 0) {
                throw new InvalidPublicValueException(
                        InvalidPublicValueException.Kind.BAD_LENGTH, "empty public value for " + group);
            }
            return secretWith(peerPublic);
        } finally {
            destroy();
        }
    }

    /** Drops the private half and wipes what can be wiped of it. May be called at any time, and again. */
    public final void destroy() {
        spent = true;
        forget();
    }

    abstract byte[] secretWith(byte[] peerPublic) throws InvalidPublicValueException;

    abstract void forget();

    final InvalidPublicValueException badValue(String defect) {
        return new InvalidPublicValueException(
                InvalidPublicValueException.Kind.BAD_VALUE, defect + " as public value for " + group);
    }

    /** Names the group only: neither half of the key belongs into a log. */
    @Override
    public final String toString() {
        return "EphemeralKey[" + group + "]";
    }
}
