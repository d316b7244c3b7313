package dev.lockstep.crypto.signature;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.group.FixedBaseComb;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.NistCurve;
import dev.lockstep.crypto.hash.HashAlgorithm;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Provider;
import java.security.SecureRandom;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;

/**
 * ECDSA signing (FIPS 186-5 6.4), which succeeds what RFC 8422 5.10-3 names.
 *
 * <p>The arithmetic is bcprov's, on a key object that is kept: with bcprov's signer P-256 takes 76 us, with the key decoded
 * each time 245, in the JDK (17) 521. The equation is written here, because bcprov's signer takes 138 ns longer for nonces
 * with a zero top byte. {@link EcdsaNonce} makes k, {@link FixedBaseComb} multiplies by it. A provider that was added signs
 * whole, with a nonce of its own.
 */
final class EcdsaSigningKey implements SigningKey {
    private static final int ADDITIONAL_RANDOMNESS = 32;

    private final NistCurve curve;
    private final FixedBaseComb comb;
    private final SecureRandom random;
    // A BigInteger cannot be wiped: dropping the reference is all there is.
    private volatile @Nullable ECPrivateKeyParameters key;
    private volatile @Nullable ProviderEcdsa added;

    EcdsaSigningKey(NistCurve curve, BigInteger d, SecureRandom random) {
        this(curve, d, random, null);
    }

    /** With a provider that signs instead, as long as it does not fail. */
    EcdsaSigningKey(NistCurve curve, BigInteger d, SecureRandom random, @Nullable Provider provider) {
        this.curve = curve;
        this.comb = curve.comb();
        this.key = new ECPrivateKeyParameters(d, curve.domain());
        this.random = random;
        this.added = provider == null ? null : take(d, provider);
    }

    private @Nullable ProviderEcdsa take(BigInteger d, Provider provider) {
        try {
            return ProviderEcdsa.signing(provider, curve, d, random);
        } catch (GeneralSecurityException e) {
            return null; // a key of a kind that it does not take
        }
    }

    @Override
    public SignatureAlgorithm.Key type() {
        return SignatureAlgorithm.Key.EC;
    }

    @Override
    public boolean supports(SignatureAlgorithm algorithm) {
        return algorithm.key() == SignatureAlgorithm.Key.EC;
    }

    @Override
    public Group ecGroup() {
        return curve.group();
    }

    @Override
    public byte[] sign(SignatureAlgorithm algorithm, byte[] message) throws GeneralSecurityException {
        ProviderEcdsa faster = added;
        if (faster != null) {
            try {
                return faster.sign(algorithm.requireHash().digest(message));
            } catch (GeneralSecurityException e) {
                added = null; // and is not asked about this key again
            }
        }
        byte[] additional = new byte[ADDITIONAL_RANDOMNESS];
        random.nextBytes(additional);
        return sign(algorithm.requireHash(), message, additional);
    }

    /** With the additional input of the nonce given: none of it makes the signature RFC 6979's own. */
    byte[] sign(HashAlgorithm hash, byte[] message, byte[] additional) throws GeneralSecurityException {
        ECPrivateKeyParameters d = key;
        if (d == null) {
            throw new InvalidKeyException("the private key has been destroyed");
        }
        byte[] digest = hash.digest(message);
        BigInteger n = curve.order();
        BigInteger e = EcdsaNonce.leftmostBits(digest, n);
        EcdsaNonce nonce = new EcdsaNonce(hash, additional);
        try {
            nonce.init(n, d.getD(), digest);
            while (true) {
                BigInteger[] pair = signWith(nonce.nextK(), d.getD(), e);
                if (pair[0].signum() != 0 && pair[1].signum() != 0) {
                    return EcdsaEncoding.encode(pair[0], pair[1]);
                }
            }
        } finally {
            nonce.destroy();
        }
    }

    /**
     * FIPS 186-5 6.4.1, steps 4 to 9. k takes part only in a form of fixed length, and its inverse is computed of a product
     * with a random number, as is every product with the private key.
     */
    BigInteger[] signWith(byte[] k, BigInteger d, BigInteger e) {
        BigInteger n = curve.order();
        byte[] scalar = comb.lengthen(k);
        try {
            BigInteger r =
                    comb.multiply(scalar).getAffineXCoord().toBigInteger().mod(n);
            BigInteger blind = blind(n);
            BigInteger blinded = new BigInteger(1, scalar).multiply(blind).mod(n);
            BigInteger inverse = BigIntegers.modOddInverse(n, blinded);
            BigInteger blindedKey = blind.multiply(d).mod(n);
            BigInteger sum = blind.multiply(e).add(blindedKey.multiply(r)).mod(n);
            return new BigInteger[] {r, inverse.multiply(sum).mod(n)};
        } finally {
            Wipe.bytes(k, scalar);
        }
    }

    /** A number from 1 to n - 1; the bias of a reduction does no harm here. */
    private BigInteger blind(BigInteger n) {
        byte[] bytes = new byte[(n.bitLength() + 7) / 8];
        random.nextBytes(bytes);
        BigInteger blind =
                new BigInteger(1, bytes).mod(n.subtract(BigInteger.ONE)).add(BigInteger.ONE);
        Wipe.bytes(bytes);
        return blind;
    }

    @Override
    public @Nullable Provider provider() {
        ProviderEcdsa faster = added;
        return faster == null ? null : faster.provider();
    }

    @Override
    public void destroy() {
        key = null;
        ProviderEcdsa faster = added;
        if (faster != null) {
            faster.destroy();
            added = null;
        }
    }
}
