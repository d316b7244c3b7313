package dev.lockstep.crypto.group;

import dev.lockstep.crypto.Wipe;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.List;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.jspecify.annotations.Nullable;

/**
 * The three NIST prime curves, with bcprov's field arithmetic written for each of them.
 *
 * <p>Taken from bcprov: P-256 key generation 70 us against 477 us in the JDK (17), agreement about 190 us against 977.
 * Both multiplications by a secret are the constant-time ones: the fixed-base comb, and {@code multiplySecret}, which costs
 * a sixth more than the variable-time {@code multiply}.
 */
public final class NistCurve {
    public static final NistCurve P256 = new NistCurve(Group.SECP256R1, "secp256r1");
    public static final NistCurve P384 = new NistCurve(Group.SECP384R1, "secp384r1");
    public static final NistCurve P521 = new NistCurve(Group.SECP521R1, "secp521r1");

    private static final List<NistCurve> ALL = List.of(P256, P384, P521);
    private static final byte UNCOMPRESSED = 4;

    private final Group group;
    private final ECDomainParameters domain;
    private final int fieldLength;
    private volatile @Nullable FixedBaseComb comb;
    private volatile ECPoint @Nullable [] baseMultiples;

    private NistCurve(Group group, String name) {
        this.group = group;
        X9ECParameters parameters = CustomNamedCurves.getByName(name);
        this.domain = new ECDomainParameters(parameters);
        this.fieldLength = domain.getCurve().getFieldElementEncodingLength();
    }

    static NistCurve of(Group group) {
        return switch (group) {
            case SECP256R1 -> P256;
            case SECP384R1 -> P384;
            case SECP521R1 -> P521;
            default -> throw new IllegalArgumentException(group + " is no NIST curve");
        };
    }

    /**
     * Returns the curve with the same field, coefficients, base point and order, however the key that brought them
     * named it.
     */
    public static @Nullable NistCurve of(ECDomainParameters parameters) {
        for (NistCurve curve : ALL) {
            if (curve.domain.equals(parameters)) {
                return curve;
            }
        }
        return null;
    }

    /** Returns the group of this curve. */
    public Group group() {
        return group;
    }

    /** Returns the parameters, as bcprov's signers take them. */
    public ECDomainParameters domain() {
        return domain;
    }

    /** Returns the order of the base point. */
    public BigInteger order() {
        return domain.getN();
    }

    /** Returns the multiplication of the base point by nonces. Its table is made when it is first asked for. */
    public FixedBaseComb comb() {
        FixedBaseComb made = comb;
        if (made == null) {
            made = new FixedBaseComb(domain);
            comb = made;
        }
        return made;
    }

    /** Returns the verification with a key that is worth its table. */
    public VerificationComb verificationComb(ECPoint key) {
        ECPoint[] base = baseMultiples;
        if (base == null) {
            base = VerificationComb.multiples(domain, domain.getG());
            baseMultiples = base;
        }
        return new VerificationComb(domain, base, key);
    }

    /** Returns a uniform scalar from 1 to order - 1, by rejection (FIPS 186-5 A.2.2). */
    BigInteger randomScalar(SecureRandom random) {
        int bits = order().bitLength();
        byte[] candidate = new byte[(bits + 7) / 8];
        try {
            while (true) {
                random.nextBytes(candidate);
                candidate[0] &= (byte) (0xff >>> (8 * candidate.length - bits));
                BigInteger scalar = new BigInteger(1, candidate);
                if (scalar.signum() > 0 && scalar.compareTo(order()) < 0) {
                    return scalar;
                }
            }
        } finally {
            Wipe.bytes(candidate);
        }
    }

    ECPoint multiplyBase(BigInteger scalar) {
        return new FixedPointCombMultiplier().multiply(domain.getG(), scalar);
    }

    ECPoint multiply(ECPoint point, BigInteger scalar) {
        return ECAlgorithms.multiplySecret(point, scalar);
    }

    byte[] encode(ECPoint point) {
        return point.getEncoded(false);
    }

    /**
     * Reads an uncompressed point and validates it in full (SP 800-56A 5.6.2.3.3): coordinates below the field prime, on
     * the curve, not infinity. The cofactor is 1, so every such point has the right order.
     *
     * @return null for everything else
     */
    @Nullable
    public ECPoint decode(byte[] encoded) {
        // RFC 8422 5.1.2-1: "Implementations of this document MUST support the uncompressed format for all of their
        // supported curves and MUST NOT support other formats for curves defined in this specification."
        if (encoded.length != 1 + 2 * fieldLength || encoded[0] != UNCOMPRESSED) {
            return null;
        }
        ECCurve curve = domain.getCurve();
        BigInteger x = new BigInteger(1, encoded, 1, fieldLength);
        BigInteger y = new BigInteger(1, encoded, 1 + fieldLength, fieldLength);
        if (!curve.isValidFieldElement(x) || !curve.isValidFieldElement(y)) {
            return null;
        }
        // RFC 8422 5.11-1, 5.11-2: "A receiving party MUST check that the x and y parameters from the peer's public
        // value satisfy the curve equation, y^2 = x^3 + ax + b mod p."
        ECPoint point = curve.createPoint(x, y);
        return point.isValid() && !point.isInfinity() ? point : null;
    }
}
