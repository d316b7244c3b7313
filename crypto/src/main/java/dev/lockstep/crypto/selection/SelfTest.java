package dev.lockstep.crypto.selection;

import dev.lockstep.crypto.Unsigned;
import dev.lockstep.crypto.aead.Aead;
import dev.lockstep.crypto.aead.AeadAlgorithm;
import dev.lockstep.crypto.group.EphemeralKey;
import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.group.InvalidPublicValueException;
import dev.lockstep.crypto.group.NistCurve;
import dev.lockstep.crypto.rsa.RsaDecryption;
import dev.lockstep.crypto.signature.LocalSigner;
import dev.lockstep.crypto.signature.SignatureAlgorithm;
import dev.lockstep.crypto.signature.SignatureVerifier;
import dev.lockstep.crypto.source.Primitive;
import dev.lockstep.crypto.source.PrimitiveSources;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether a provider computes a primitive as Java does, found out over the same classes that use it afterwards. Both sides of
 * each comparison get what only one side made, so that no error can cancel itself out.
 */
final class SelfTest {
    private static final byte[] MESSAGE = {'s', 'e', 'l', 'f', '-', 't', 'e', 's', 't'};
    private static final byte[] OTHER = {'a', 'n', 'o', 't', 'h', 'e', 'r'};

    private final Primitive primitive;
    private final Provider provider;
    private final PrimitiveSources sources;
    private final SecureRandom random = new SecureRandom();

    private SelfTest(Primitive primitive, Provider provider, PrimitiveSources sources) {
        this.primitive = primitive;
        this.provider = provider;
        this.sources = sources;
    }

    /**
     * Tries a primitive.
     *
     * @return null if it can be taken, else why not
     * @throws UnfitProviderException if a result is wrong
     */
    static @Nullable String defect(Primitive primitive, Provider provider) throws UnfitProviderException {
        try {
            return new SelfTest(primitive, provider, PrimitiveSources.of(Map.of(primitive, provider))).run();
        } catch (GeneralSecurityException | InvalidPublicValueException | RuntimeException e) {
            // A boundary: what does not work in a provider, or is not there, it may say in any way.
            return "not offered, or in another form";
        }
    }

    private @Nullable String run()
            throws UnfitProviderException, GeneralSecurityException, InvalidPublicValueException {
        return switch (primitive) {
            case X25519 -> agreement(Group.X25519);
            case ECDH_P256 -> agreement(Group.SECP256R1);
            case ECDH_P384 -> agreement(Group.SECP384R1);
            case ECDH_P521 -> agreement(Group.SECP521R1);
            case ECDSA_SIGN_P256, ECDSA_VERIFY_P256 -> ecdsa(NistCurve.P256);
            case ECDSA_SIGN_P384, ECDSA_VERIFY_P384 -> ecdsa(NistCurve.P384);
            case ECDSA_SIGN_P521, ECDSA_VERIFY_P521 -> ecdsa(NistCurve.P521);
            case RSA_SIGN, RSA_VERIFY ->
                signatures(
                        SelfTestKeys.rsa(),
                        List.of(
                                SignatureAlgorithm.RSA_PKCS1_SHA1,
                                SignatureAlgorithm.RSA_PKCS1_SHA224,
                                SignatureAlgorithm.RSA_PKCS1_SHA256,
                                SignatureAlgorithm.RSA_PKCS1_SHA384,
                                SignatureAlgorithm.RSA_PKCS1_SHA512,
                                SignatureAlgorithm.RSA_PSS_SHA256,
                                SignatureAlgorithm.RSA_PSS_SHA384,
                                SignatureAlgorithm.RSA_PSS_SHA512));
            case RSA_DECRYPT -> decryption();
            case CHACHA20_POLY1305 -> chacha20();
        };
    }

    private void require(boolean right, String what) throws UnfitProviderException {
        if (!right) {
            throw new UnfitProviderException(
                    provider.getName() + " computes " + primitive.label() + " wrongly: " + what);
        }
    }

    private @Nullable String agreement(Group group) throws UnfitProviderException, InvalidPublicValueException {
        for (int round = 0; round < 3; round++) {
            EphemeralKey added = EphemeralKey.generate(group, random, sources);
            EphemeralKey java = EphemeralKey.generate(group, random);
            EphemeralKey next = EphemeralKey.generate(group, random, sources);
            byte[] publicValue = added.publicValue();
            require(!Arrays.equals(publicValue, next.publicValue()), "two key pairs are the same");
            require(Arrays.equals(added.agree(java.publicValue()), java.agree(publicValue)), "the secrets differ");
        }
        if (group == Group.X25519) {
            EphemeralKey added = EphemeralKey.generate(group, random, sources);
            try {
                added.agree(new byte[group.publicLength()]);
                require(false, "it agrees on zeros");
            } catch (InvalidPublicValueException e) {
                // as it has to be
            }
        }
        return null;
    }

    private @Nullable String ecdsa(NistCurve curve) throws UnfitProviderException, GeneralSecurityException {
        return signatures(
                SelfTestKeys.ec(curve),
                List.of(
                        SignatureAlgorithm.ECDSA_SHA1,
                        SignatureAlgorithm.ECDSA_SHA256,
                        SignatureAlgorithm.ECDSA_SHA384,
                        SignatureAlgorithm.ECDSA_SHA512));
    }

    private @Nullable String signatures(KeyPair pair, List<SignatureAlgorithm> algorithms)
            throws UnfitProviderException, GeneralSecurityException {
        LocalSigner signer = LocalSigner.of(pair.getPrivate(), random, sources);
        SignatureVerifier verifier = SignatureVerifier.of(pair.getPublic(), sources);
        for (SignatureAlgorithm algorithm : algorithms) {
            byte[] signature = signer.sign(algorithm, MESSAGE);
            require(verifier.verify(algorithm, MESSAGE, signature), "a good signature does not verify");
            require(!verifier.verify(algorithm, OTHER, signature), "a signature verifies another message");
            if (algorithm.key() == SignatureAlgorithm.Key.EC) {
                byte[] again = signer.sign(algorithm, OTHER);
                // r stands behind three or four bytes of headers and lengths: the same r means the same nonce.
                require(
                        !Arrays.equals(Arrays.copyOfRange(signature, 6, 24), Arrays.copyOfRange(again, 6, 24)),
                        "two signatures have one nonce");
            }
            signature[signature.length - 1] ^= 1;
            require(!verifier.verify(algorithm, MESSAGE, signature), "a changed signature verifies");
        }
        boolean signs =
                switch (primitive) {
                    case RSA_SIGN, ECDSA_SIGN_P256, ECDSA_SIGN_P384, ECDSA_SIGN_P521 -> true;
                    default -> false;
                };
        // A provider that fails is left out after the first failure, so that what came out above was Java's.
        return (signs ? signer.provider() : verifier.provider()) != null ? null : "not offered, or in another form";
    }

    private @Nullable String decryption() throws UnfitProviderException, GeneralSecurityException {
        KeyPair pair = SelfTestKeys.rsa();
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        RsaDecryption added = RsaDecryption.of(pair.getPrivate(), sources);
        RsaDecryption java = RsaDecryption.of(pair.getPrivate());
        if (!added.isAdded()) {
            return "not offered, or it drops leading zeros";
        }
        for (int round = 0; round < 3; round++) {
            byte[] ciphertext = new byte[java.modulusLength()];
            random.nextBytes(ciphertext);
            ciphertext[0] = 0; // below the modulus
            require(Arrays.equals(added.raw(ciphertext), java.raw(ciphertext)), "the blocks differ");
        }
        BigInteger two = BigInteger.TWO.modPow(key.getPublicExponent(), key.getModulus());
        byte[] ciphertext = Unsigned.bytes(two, java.modulusLength());
        require(Arrays.equals(added.raw(ciphertext), java.raw(ciphertext)), "the blocks differ");
        return null;
    }

    private @Nullable String chacha20() throws UnfitProviderException {
        AeadAlgorithm algorithm = AeadAlgorithm.CHACHA20_POLY1305;
        byte[] key = new byte[algorithm.keyLength()];
        random.nextBytes(key);
        Aead seal = Aead.sealing(algorithm, key, 0, sources);
        Aead open = Aead.opening(algorithm, key, 0, sources);
        Aead java = Aead.sealing(algorithm, key, 0);
        for (int length : new int[] {0, 1, 15, 64, 1000, 1 << 14}) {
            byte[] nonce = new byte[algorithm.nonceLength()];
            random.nextBytes(nonce);
            byte[] plain = new byte[length];
            random.nextBytes(plain);
            byte[] sealed = new byte[length + algorithm.tagLength()];
            byte[] expected = new byte[sealed.length];
            byte[] opened = new byte[length];
            seal.seal(nonce, MESSAGE, MESSAGE.length, plain, 0, length, sealed, 0);
            java.seal(nonce, MESSAGE, MESSAGE.length, plain, 0, length, expected, 0);
            require(Arrays.equals(sealed, expected), "the records differ");
            int found = open.open(nonce, MESSAGE, MESSAGE.length, sealed, 0, sealed.length, opened, 0);
            require(found == length && Arrays.equals(opened, plain), "a record does not open");
            sealed[sealed.length - 1] ^= 1;
            require(
                    open.open(nonce, MESSAGE, MESSAGE.length, sealed, 0, sealed.length, opened, 0) < 0,
                    "a changed record opens");
        }
        return null;
    }
}
