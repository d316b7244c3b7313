package dev.lockstep.crypto.group;

import java.math.BigInteger;
import java.security.SecureRandom;
import org.bouncycastle.math.ec.ECPoint;
import org.jspecify.annotations.Nullable;

/** ECDH on the NIST curves for RFC 8422. Taken from bcprov, see {@link NistCurve}. */
final class WeierstrassKey extends EphemeralKey {
    private final NistCurve curve;
    // A BigInteger cannot be wiped: dropping the reference is all there is.
    private @Nullable BigInteger scalar;

    private WeierstrassKey(NistCurve curve, BigInteger scalar, byte[] publicValue) {
        super(curve.group(), publicValue);
        this.curve = curve;
        this.scalar = scalar;
    }

    static WeierstrassKey fresh(NistCurve curve, SecureRandom random) {
        return fromScalar(curve, curve.randomScalar(random));
    }

    static WeierstrassKey fromScalar(NistCurve curve, BigInteger scalar) {
        return new WeierstrassKey(curve, scalar, curve.encode(curve.multiplyBase(scalar)));
    }

    @Override
    byte[] secretWith(byte[] peerPublic) throws InvalidPublicValueException {
        BigInteger d = scalar;
        if (d == null) {
            throw new IllegalStateException("destroyed");
        }
        ECPoint peer = curve.decode(peerPublic);
        if (peer == null) {
            throw badValue("no uncompressed point of the curve");
        }
        ECPoint shared = curve.multiply(peer, d).normalize();
        if (shared.isInfinity()) {
            // Not possible with a validated point and 0 < d < n; a fault in the arithmetic must not become a secret.
            throw badValue("a point of small order");
        }
        // RFC 8422 5.10-1: "this octet string [...] has constant length for any given field; leading zeros found in
        // this octet string MUST NOT be truncated."
        return shared.getAffineXCoord().getEncoded();
    }

    @Override
    void forget() {
        scalar = null;
    }
}
