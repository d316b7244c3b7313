package dev.lockstep.crypto.signature;

import dev.lockstep.crypto.Wipe;
import dev.lockstep.crypto.hash.HashAlgorithm;
import java.math.BigInteger;
import java.security.Key;
import java.security.PrivateKey;
import java.util.EnumSet;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/**
 * What the type of an RSA key allows it to be used for (RFC 4055 1.2, 3.1): a key typed rsaEncryption for everything, one
 * typed id-RSASSA-PSS for PSS only, with the parameters in it if it has some.
 *
 * <p>Read from the key's encoding and not from {@code RSAKey.getParams}, which bcprov's key objects do not answer.
 */
public final class PssRestriction {
    private static final Set<SignatureAlgorithm> PSS = EnumSet.of(
            SignatureAlgorithm.RSA_PSS_SHA256, SignatureAlgorithm.RSA_PSS_SHA384, SignatureAlgorithm.RSA_PSS_SHA512);

    private final boolean pssOnly;
    private final Set<SignatureAlgorithm> pss;

    private PssRestriction(boolean pssOnly, Set<SignatureAlgorithm> pss) {
        this.pssOnly = pssOnly;
        this.pss = pss;
    }

    /**
     * Reads the restriction of a public or private RSA key.
     *
     * @throws IllegalArgumentException if the key's encoding is no key at all, or has parameters that are none
     */
    public static PssRestriction of(Key key) {
        byte[] encoded = key.getEncoded();
        if (encoded == null) {
            // Nothing to read: the name of the type is all there is.
            return new PssRestriction(isPssName(key.getAlgorithm()), PSS);
        }
        try {
            AlgorithmIdentifier type = key instanceof PrivateKey
                    ? PrivateKeyInfo.getInstance(encoded).getPrivateKeyAlgorithm()
                    : SubjectPublicKeyInfo.getInstance(encoded).getAlgorithm();
            return type.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)
                    ? new PssRestriction(true, allowedBy(type.getParameters()))
                    : new PssRestriction(false, PSS);
        } catch (RuntimeException e) {
            // A boundary: the bytes may be from a peer's certificate, and bcprov's decoders fail in many ways. The
            // cause stays out, as the bytes may be of a private key.
            throw new IllegalArgumentException("RSA key whose type cannot be read");
        } finally {
            Wipe.bytes(encoded);
        }
    }

    /** Returns whether the key must not be used for anything but PSS. */
    public boolean isPssOnly() {
        return pssOnly;
    }

    boolean permits(SignatureAlgorithm algorithm) {
        return algorithm.isPss() ? pss.contains(algorithm) : !pssOnly;
    }

    private static Set<SignatureAlgorithm> allowedBy(@Nullable ASN1Encodable parameters) {
        if (parameters == null) {
            return PSS;
        }
        RSASSAPSSparams key = RSASSAPSSparams.getInstance(parameters);
        AlgorithmIdentifier mask = key.getMaskGenAlgorithm();
        Set<SignatureAlgorithm> allowed = EnumSet.noneOf(SignatureAlgorithm.class);
        if (!mask.getAlgorithm().equals(PKCSObjectIdentifiers.id_mgf1)
                || !key.getTrailerField().equals(BigInteger.ONE)) {
            return allowed;
        }
        ASN1ObjectIdentifier maskHash =
                AlgorithmIdentifier.getInstance(mask.getParameters()).getAlgorithm();
        for (SignatureAlgorithm algorithm : PSS) {
            // RFC 4055 3.1: hash and mask generation function of a signature are the key's, its salt at least as long.
            HashAlgorithm hash = algorithm.requireHash();
            if (key.getHashAlgorithm().getAlgorithm().equals(oid(hash))
                    && maskHash.equals(oid(hash))
                    && key.getSaltLength().compareTo(BigInteger.valueOf(hash.length())) <= 0) {
                allowed.add(algorithm);
            }
        }
        return allowed;
    }

    private static boolean isPssName(String name) {
        return "RSASSA-PSS".equals(name)
                || PKCSObjectIdentifiers.id_RSASSA_PSS.getId().equals(name);
    }

    private static ASN1ObjectIdentifier oid(HashAlgorithm hash) {
        return switch (hash) {
            case SHA256 -> NISTObjectIdentifiers.id_sha256;
            case SHA384 -> NISTObjectIdentifiers.id_sha384;
            case SHA512 -> NISTObjectIdentifiers.id_sha512;
            case SHA1, SHA224 -> throw new IllegalArgumentException("no PSS with " + hash);
        };
    }
}
