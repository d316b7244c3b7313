package dev.lockstep.crypto.group;

import dev.lockstep.crypto.ConstantTime;
import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.source.Primitive;
import dev.lockstep.crypto.source.PrimitiveSources;
import dev.lockstep.crypto.source.ProviderAgreement;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import org.jspecify.annotations.Nullable;

/**
 * X25519 and ECDH on the NIST curves by a provider that was added. Which values are accepted does not depend on it: points
 * are validated here before it sees them, and secrets of zeros are refused here after it.
 */
final class ProviderKey extends EphemeralKey {
    private final ProviderAgreement agreement;
    private @Nullable PrivateKey key;

    private ProviderKey(Group group, ProviderAgreement agreement, PrivateKey key, byte[] publicValue) {
        super(group, publicValue);
        this.agreement = agreement;
        this.key = key;
    }

    /** Returns where a group's keys are computed; null if in Java. */
    static @Nullable ProviderAgreement source(Group group, PrimitiveSources sources) {
        return switch (group) {
            case X25519 -> sources.agreement(Primitive.X25519);
            case SECP256R1 -> sources.agreement(Primitive.ECDH_P256);
            case SECP384R1 -> sources.agreement(Primitive.ECDH_P384);
            case SECP521R1 -> sources.agreement(Primitive.ECDH_P521);
            case X448, FFDHE2048, FFDHE3072, FFDHE4096, FFDHE6144, FFDHE8192 -> null;
        };
    }

    static ProviderKey fresh(Group group, ProviderAgreement agreement) {
        try {
            KeyPair pair = agreement.generate();
            return new ProviderKey(group, agreement, pair.getPrivate(), agreement.publicValue(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the provider makes no key pair for " + group, e);
        }
    }

    /** For vectors. */
    static ProviderKey of(Group group, ProviderAgreement agreement, PrivateKey key) {
        return new ProviderKey(group, agreement, key, new byte[0]);
    }

    @Override
    byte[] secretWith(byte[] peerPublic) throws InvalidPublicValueException {
        PrivateKey d = key;
        if (d == null) {
            throw new IllegalStateException("destroyed");
        }
        if (group() == Group.X25519) {
            return onCurve25519(d, peerPublic);
        }
        if (NistCurve.of(group()).decode(peerPublic) == null) {
            throw badValue("no uncompressed point of the curve");
        }
        try {
            return require(agreement.agree(d, peerPublic), (group().publicLength() - 1) / 2);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the provider does not agree on " + group(), e);
        }
    }

    private byte[] onCurve25519(PrivateKey d, byte[] peerPublic) throws InvalidPublicValueException {
        if (peerPublic.length != group().publicLength()) {
            throw badValue(peerPublic.length + " bytes");
        }
        byte[] secret;
        try {
            secret = require(agreement.agree(d, peerPublic), group().publicLength());
        } catch (GeneralSecurityException e) {
            // Providers refuse points of small order in ways of their own.
            if (MontgomeryKey.isOfSmallOrder(peerPublic)) {
                throw badValue("a point of small order");
            }
            throw new IllegalStateException("the provider does not agree on " + group(), e);
        }
        // RFC 8422 5.10-2, 5.11-3: "if either party obtains all-zeroes x_S, it MUST abort the handshake"
        if (ConstantTime.equal(secret, new byte[secret.length])) {
            throw badValue("a point of small order");
        }
        return secret;
    }

    private static byte[] require(byte[] secret, int length) throws GeneralSecurityException {
        if (secret.length != length) {
            Wipe.bytes(secret);
            throw new GeneralSecurityException("a secret of another length");
        }
        return secret;
    }

    @Override
    void forget() {
        PrivateKey d = key;
        key = null;
        if (d != null) {
            agreement.destroy(d);
        }
    }
}
