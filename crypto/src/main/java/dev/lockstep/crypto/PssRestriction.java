package dev.lockstep.crypto;

import java.security.Key;
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
final class PssRestriction {
    /** A key typed rsaEncryption. */
    static final PssRestriction NONE = new PssRestriction(false, null);

    private final boolean pssOnly;
    private final @Nullable RSASSAPSSparams parameters;

    private PssRestriction(boolean pssOnly, @Nullable RSASSAPSSparams parameters) {
        this.pssOnly = pssOnly;
        this.parameters = parameters;
    }

    /**
     * Reads the restriction of a public or private RSA key.
     *
     * @throws IllegalArgumentException if the key's encoding is no key at all
     */
    static PssRestriction of(Key key) {
        byte[] encoded = key.getEncoded();
        if (encoded == null) {
            // Nothing to read: the name of the type is all there is.
            return isPssName(key.getAlgorithm()) ? new PssRestriction(true, null) : NONE;
        }
        try {
            AlgorithmIdentifier type = key instanceof java.security.PrivateKey
                    ? PrivateKeyInfo.getInstance(encoded).getPrivateKeyAlgorithm()
                    : SubjectPublicKeyInfo.getInstance(encoded).getAlgorithm();
            if (!type.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)) {
                return NONE;
            }
            ASN1Encodable fields = type.getParameters();
            return new PssRestriction(true, fields == null ? null : RSASSAPSSparams.getInstance(fields));
        } finally {
            Wipe.bytes(encoded);
        }
    }

    boolean isPssOnly() {
        return pssOnly;
    }

    boolean permits(SignatureAlgorithm algorithm) {
        if (!algorithm.isPss()) {
            return !pssOnly;
        }
        RSASSAPSSparams p = parameters;
        if (p == null) {
            return true;
        }
        ASN1ObjectIdentifier hash = oid(algorithm.requireHash());
        // RFC 4055 3.1: hash and mask generation function of the signature are the key's, the salt at least as long.
        return p.getHashAlgorithm().getAlgorithm().equals(hash)
                && p.getMaskGenAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.id_mgf1)
                && AlgorithmIdentifier.getInstance(p.getMaskGenAlgorithm().getParameters())
                        .getAlgorithm()
                        .equals(hash)
                && p.getSaltLength().intValue() <= algorithm.requireHash().length();
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
