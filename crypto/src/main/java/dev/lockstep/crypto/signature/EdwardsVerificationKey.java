package dev.lockstep.crypto.signature;

import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.math.ec.rfc8032.Ed448;
import org.jspecify.annotations.Nullable;

/**
 * Ed25519 and Ed448 verification (RFC 8032 5.1.7 and 5.2.7), pure, with the empty context (RFC 8422 5.10-6).
 *
 * <p>Taken from bcprov, faster than the JDK and with the point decoded once. Encodings are read strictly: S below the order,
 * both points canonical.
 */
abstract sealed class EdwardsVerificationKey implements VerificationKey {
    private final SignatureAlgorithm algorithm;
    private final int signatureLength;

    private EdwardsVerificationKey(SignatureAlgorithm algorithm, int signatureLength) {
        this.algorithm = algorithm;
        this.signatureLength = signatureLength;
    }

    /** Returns null if the bytes encode no point of the curve. */
    static @Nullable EdwardsVerificationKey ed25519(byte[] encoded) {
        if (encoded.length != Ed25519.PUBLIC_KEY_SIZE) {
            return null;
        }
        Ed25519.PublicPoint point = Ed25519.validatePublicKeyPartialExport(encoded, 0);
        return point == null ? null : new On25519(point);
    }

    /** Returns null if the bytes encode no point of the curve. */
    static @Nullable EdwardsVerificationKey ed448(byte[] encoded) {
        if (encoded.length != Ed448.PUBLIC_KEY_SIZE) {
            return null;
        }
        Ed448.PublicPoint point = Ed448.validatePublicKeyPartialExport(encoded, 0);
        return point == null ? null : new On448(point);
    }

    @Override
    public final SignatureAlgorithm.Key type() {
        return algorithm.key();
    }

    @Override
    public final boolean supports(SignatureAlgorithm wanted) {
        return wanted == algorithm;
    }

    @Override
    public final boolean verify(SignatureAlgorithm wanted, byte[] message, byte[] signature) {
        return signature.length == signatureLength && verifies(message, signature);
    }

    /** EdDSA hashes the message together with the signature (RFC 8032 5.1.7): a digest of it is of no use. */
    @Override
    public final boolean verifyDigest(SignatureAlgorithm wanted, byte[] digest, byte[] signature) {
        return false;
    }

    abstract boolean verifies(byte[] message, byte[] signature);

    private static final class On25519 extends EdwardsVerificationKey {
        private final Ed25519.PublicPoint point;

        On25519(Ed25519.PublicPoint point) {
            super(SignatureAlgorithm.ED25519, Ed25519.SIGNATURE_SIZE);
            this.point = point;
        }

        @Override
        boolean verifies(byte[] message, byte[] signature) {
            return Ed25519.verify(signature, 0, point, message, 0, message.length);
        }
    }

    private static final class On448 extends EdwardsVerificationKey {
        private static final byte[] NO_CONTEXT = {};

        private final Ed448.PublicPoint point;

        On448(Ed448.PublicPoint point) {
            super(SignatureAlgorithm.ED448, Ed448.SIGNATURE_SIZE);
            this.point = point;
        }

        @Override
        boolean verifies(byte[] message, byte[] signature) {
            return Ed448.verify(signature, 0, point, NO_CONTEXT, message, 0, message.length);
        }
    }
}
