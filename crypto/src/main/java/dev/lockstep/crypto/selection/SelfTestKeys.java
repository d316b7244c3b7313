package dev.lockstep.crypto.selection;

import dev.lockstep.crypto.group.NistCurve;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.ECPoint;

/** The keys of {@link SelfTest}. They are public and serve nothing else. */
final class SelfTestKeys {
    private static final BigInteger E = BigInteger.valueOf(65537);

    /** Two primes of 1024 bits: making them takes longer than everything that is done with them. */
    private static final BigInteger P = new BigInteger(
            "f918dd2c465c62b8a231b1813ea3f910eafd6f3a30fc3a5c43d9a303203222057337ac8c0efbd41f255f502a"
                    + "3b75be647dac82b01248271e2608deb8d2d82760209ce90fdaad75d0e941a7db2ac649a0019327c467b7b4f0"
                    + "f34fd98b0507042b61ec1a0993c413ef742915ae56f821a213a18428724329fb123b6df965cc8f19",
            16);

    private static final BigInteger Q = new BigInteger(
            "d47c5cadb2f355c5728eb4e59f8bf6b7f022ed055f0ed68acb00250850325b36d254de1d68138a80978eddd3"
                    + "e0e67af0cb35fb68f41604d57da412971544cac0a9d58db9e21756fa550379cfc2c8c790c0000a606f0a128d"
                    + "32bce0ca0ce75b75fafb763a2a6a5967d9e3302955e105f3ed6a4468e2bc8a39b56ccd1e999c9c7d",
            16);

    private SelfTestKeys() {}

    static KeyPair ec(NistCurve curve) throws GeneralSecurityException {
        // Any number will do that fills the length of the order and is below it.
        BigInteger d = curve.order().subtract(P.mod(curve.order().shiftRight(1)));
        ECPoint point = curve.domain().getG().multiply(d).normalize();
        try {
            return new KeyPair(
                    new PublicValue(SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
                                    new ECPublicKeyParameters(point, named(curve)))
                            .getEncoded()),
                    new PrivateValue(
                            PrivateKeyInfoFactory.createPrivateKeyInfo(new ECPrivateKeyParameters(d, named(curve)))
                                    .getEncoded()));
        } catch (IOException e) {
            throw new InvalidKeyException("an encoding in memory", e);
        }
    }

    private static ECDomainParameters named(NistCurve curve) {
        return ECNamedDomainParameters.lookup(
                switch (curve.group()) {
                    case SECP256R1 -> SECObjectIdentifiers.secp256r1;
                    case SECP384R1 -> SECObjectIdentifiers.secp384r1;
                    default -> SECObjectIdentifiers.secp521r1;
                });
    }

    /** A key that is its encoding. */
    private abstract static class Encoded implements Key {
        private static final long serialVersionUID = 1L;

        private final String format;
        private final byte[] encoded;

        Encoded(String format, byte[] encoded) {
            this.format = format;
            this.encoded = encoded;
        }

        @Override
        public String getAlgorithm() {
            return "EC";
        }

        @Override
        public String getFormat() {
            return format;
        }

        @Override
        public byte[] getEncoded() {
            return encoded.clone();
        }
    }

    private static final class PublicValue extends Encoded implements PublicKey {
        private static final long serialVersionUID = 1L;

        PublicValue(byte[] encoded) {
            super("X.509", encoded);
        }
    }

    private static final class PrivateValue extends Encoded implements PrivateKey {
        private static final long serialVersionUID = 1L;

        PrivateValue(byte[] encoded) {
            super("PKCS#8", encoded);
        }
    }

    static KeyPair rsa() throws GeneralSecurityException {
        BigInteger n = P.multiply(Q);
        BigInteger p1 = P.subtract(BigInteger.ONE);
        BigInteger q1 = Q.subtract(BigInteger.ONE);
        BigInteger d = E.modInverse(p1.multiply(q1));
        KeyFactory factory = KeyFactory.getInstance("RSA");
        return new KeyPair(
                factory.generatePublic(new RSAPublicKeySpec(n, E)),
                factory.generatePrivate(
                        new RSAPrivateCrtKeySpec(n, E, d, P, Q, d.mod(p1), d.mod(q1), Q.modInverse(P))));
    }
}
