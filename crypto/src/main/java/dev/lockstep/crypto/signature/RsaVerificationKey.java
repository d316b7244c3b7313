package dev.lockstep.crypto.signature;

import dev.lockstep.crypto.Unsigned;
import dev.lockstep.crypto.hash.HashAlgorithm;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricBlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.PSSSigner;
import org.bouncycastle.util.BigIntegers;
import org.jspecify.annotations.Nullable;

/**
 * RSASSA-PKCS1-v1_5 and RSASSA-PSS verification (RFC 8017 8).
 *
 * <p>PSS is the JDK's. PKCS1-v1_5 is done here on BigInteger, which is what the JDK computes on as well, because here the
 * expected encoding is built and compared, where a verifier that parses what it finds has latitude to abuse. A provider that
 * was added computes the power alone; what it gives is judged here in both cases.
 */
final class RsaVerificationKey implements VerificationKey {
    /** What SunRsaSign takes at most; bounds the work a peer's certificate can ask for. */
    private static final int MAX_MODULUS_BITS = 16384;

    private static final int MAX_EXPONENT_BITS = 64;

    private final BigInteger modulus;
    private final BigInteger exponent;
    private final PssRestriction restriction;
    private final PublicKey key;
    private volatile @Nullable ProviderRsa added;

    RsaVerificationKey(RSAPublicKey key, @Nullable Provider provider) {
        this.modulus = key.getModulus();
        this.exponent = key.getPublicExponent();
        if (modulus.signum() <= 0 || modulus.bitLength() > MAX_MODULUS_BITS || !modulus.testBit(0)) {
            throw new IllegalArgumentException("RSA modulus of " + modulus.bitLength() + " bits is out of range");
        }
        if (exponent.compareTo(BigInteger.TWO) <= 0
                || exponent.bitLength() > MAX_EXPONENT_BITS
                || !exponent.testBit(0)) {
            throw new IllegalArgumentException("RSA public exponent is out of range");
        }
        this.restriction = PssRestriction.of(key);
        this.key = RsaKeys.plain(key);
        this.added = provider == null ? null : take(key, provider);
    }

    private static @Nullable ProviderRsa take(RSAPublicKey key, Provider provider) {
        try {
            return ProviderRsa.verifying(provider, key);
        } catch (GeneralSecurityException e) {
            return null; // a key of a kind that it does not take
        }
    }

    @Override
    public @Nullable Provider provider() {
        ProviderRsa faster = added;
        return faster == null ? null : faster.provider();
    }

    @Override
    public SignatureAlgorithm.Key type() {
        return SignatureAlgorithm.Key.RSA;
    }

    @Override
    public boolean supports(SignatureAlgorithm algorithm) {
        return algorithm.key() == SignatureAlgorithm.Key.RSA
                && restriction.permits(algorithm)
                && RsaKeys.fits(algorithm, modulus.bitLength());
    }

    @Override
    public int modulusLength() {
        return (modulus.bitLength() + 7) / 8;
    }

    @Override
    public boolean verify(SignatureAlgorithm algorithm, byte[] message, byte[] signature) {
        // RFC 8017 8.1.2 and 8.2.2 step 1: "If the length of the signature S is not k octets, output 'invalid
        // signature'"
        if (signature.length != modulusLength()) {
            return false;
        }
        if (algorithm.isPss()) {
            return added == null
                    ? verifyPss(algorithm, message, signature)
                    : verifyPssDigest(
                            algorithm.requireHash(), algorithm.requireHash().digest(message), signature);
        }
        return verifyPkcs1(algorithm.requireHash(), algorithm.requireHash().digest(message), signature);
    }

    @Override
    public boolean verifyDigest(SignatureAlgorithm algorithm, byte[] digest, byte[] signature) {
        if (signature.length != modulusLength()) {
            return false;
        }
        return algorithm.isPss()
                ? verifyPssDigest(algorithm.requireHash(), digest, signature)
                : verifyPkcs1(algorithm.requireHash(), digest, signature);
    }

    /** The JDK's PSS takes messages only, so this one is bcprov's. */
    private boolean verifyPssDigest(HashAlgorithm hash, byte[] digest, byte[] signature) {
        BigInteger s = new BigInteger(1, signature);
        if (s.compareTo(modulus) >= 0) {
            return false;
        }
        PSSSigner verifier = PSSSigner.createRawSigner(
                new Opening(), mgfDigest(hash), mgfDigest(hash), hash.length(), PSSSigner.TRAILER_IMPLICIT);
        verifier.init(false, new RSAKeyParameters(false, modulus, exponent));
        verifier.update(digest, 0, digest.length);
        return verifier.verifySignature(signature);
    }

    /** RSAVP1, in the form in which bcprov's PSS asks for it: without leading zeros. */
    private final class Opening implements AsymmetricBlockCipher {
        @Override
        public void init(boolean forEncryption, CipherParameters parameters) {}

        @Override
        public int getInputBlockSize() {
            return modulusLength();
        }

        @Override
        public int getOutputBlockSize() {
            return modulusLength();
        }

        @Override
        public byte[] processBlock(byte[] in, int inOff, int len) {
            byte[] signature = Arrays.copyOfRange(in, inOff, inOff + len);
            return BigIntegers.asUnsignedByteArray(open(new BigInteger(1, signature), signature));
        }
    }

    /** {@code s^e mod n}, of a signature below {@code n} and as long as it. */
    private BigInteger open(BigInteger s, byte[] signature) {
        ProviderRsa faster = added;
        if (faster != null) {
            try {
                return faster.open(signature);
            } catch (GeneralSecurityException e) {
                added = null; // and is not asked about this key again
            }
        }
        return s.modPow(exponent, modulus);
    }

    private static Digest mgfDigest(HashAlgorithm hash) {
        return switch (hash) {
            case SHA256 -> new SHA256Digest();
            case SHA384 -> new SHA384Digest();
            case SHA512 -> new SHA512Digest();
            case SHA1, SHA224 -> throw new IllegalArgumentException("no PSS with " + hash);
        };
    }

    private boolean verifyPkcs1(HashAlgorithm hash, byte[] digest, byte[] signature) {
        BigInteger s = new BigInteger(1, signature);
        if (s.compareTo(modulus) >= 0) {
            return false;
        }
        byte[] found = Unsigned.bytes(open(s, signature), signature.length);
        // RFC 5246 4.7-2: "implementations MUST accept both without parameters and with NULL parameters." Two encodings
        // then, each compared to its last byte, and no parser.
        return Arrays.equals(found, pad(DigestInfo.encode(hash, digest), signature.length))
                || Arrays.equals(found, pad(DigestInfo.encodeWithoutParameters(hash, digest), signature.length));
    }

    /** EMSA-PKCS1-v1_5 (RFC 8017 9.2): 00 01 FF..FF 00 DigestInfo. */
    private static byte[] pad(byte[] digestInfo, int length) {
        byte[] encoded = new byte[length];
        int separator = length - digestInfo.length - 1;
        encoded[1] = 1;
        Arrays.fill(encoded, 2, separator, (byte) 0xff);
        System.arraycopy(digestInfo, 0, encoded, separator + 1, digestInfo.length);
        return encoded;
    }

    private boolean verifyPss(SignatureAlgorithm algorithm, byte[] message, byte[] signature) {
        Signature verifier = RsaKeys.signature(algorithm);
        try {
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (SignatureException e) {
            // The JDK's word for a number that is not below the modulus, among others: not a signature.
            return false;
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("a key this provider made itself", e);
        }
    }
}
