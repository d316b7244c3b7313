package dev.lockstep.tls.internal.algorithm;

import dev.lockstep.crypto.group.Group;
import dev.lockstep.crypto.hash.HashAlgorithm;
import dev.lockstep.crypto.signature.SignatureAlgorithm;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.PrfHash;
import dev.lockstep.tls.spec.SignatureScheme;

/** Maps the code points of {@code spec} to the primitives of {@code crypto}. */
public final class Algorithms {

    private Algorithms() {}

    /** The signature algorithm of a scheme. rsae and pss differ in the certificate's key type only (RFC 8446 4.2.3). */
    public static SignatureAlgorithm signature(SignatureScheme scheme) {
        return switch (scheme) {
            case RSA_PKCS1_SHA1 -> SignatureAlgorithm.RSA_PKCS1_SHA1;
            case RSA_PKCS1_SHA224 -> SignatureAlgorithm.RSA_PKCS1_SHA224;
            case RSA_PKCS1_SHA256 -> SignatureAlgorithm.RSA_PKCS1_SHA256;
            case RSA_PKCS1_SHA384 -> SignatureAlgorithm.RSA_PKCS1_SHA384;
            case RSA_PKCS1_SHA512 -> SignatureAlgorithm.RSA_PKCS1_SHA512;
            case RSA_PSS_RSAE_SHA256, RSA_PSS_PSS_SHA256 -> SignatureAlgorithm.RSA_PSS_SHA256;
            case RSA_PSS_RSAE_SHA384, RSA_PSS_PSS_SHA384 -> SignatureAlgorithm.RSA_PSS_SHA384;
            case RSA_PSS_RSAE_SHA512, RSA_PSS_PSS_SHA512 -> SignatureAlgorithm.RSA_PSS_SHA512;
            case ECDSA_SHA1 -> SignatureAlgorithm.ECDSA_SHA1;
            case ECDSA_SHA224 -> SignatureAlgorithm.ECDSA_SHA224;
            case ECDSA_SECP256R1_SHA256 -> SignatureAlgorithm.ECDSA_SHA256;
            case ECDSA_SECP384R1_SHA384 -> SignatureAlgorithm.ECDSA_SHA384;
            case ECDSA_SECP521R1_SHA512 -> SignatureAlgorithm.ECDSA_SHA512;
            case ED25519 -> SignatureAlgorithm.ED25519;
            case ED448 -> SignatureAlgorithm.ED448;
        };
    }

    /** The key-agreement group of a named group. */
    public static Group group(NamedGroup group) {
        return switch (group) {
            case X25519 -> Group.X25519;
            case X448 -> Group.X448;
            case SECP256R1 -> Group.SECP256R1;
            case SECP384R1 -> Group.SECP384R1;
            case SECP521R1 -> Group.SECP521R1;
            case FFDHE2048 -> Group.FFDHE2048;
            case FFDHE3072 -> Group.FFDHE3072;
            case FFDHE4096 -> Group.FFDHE4096;
            case FFDHE6144 -> Group.FFDHE6144;
            case FFDHE8192 -> Group.FFDHE8192;
        };
    }

    /** The named group of a key-agreement group. */
    public static NamedGroup namedGroup(Group group) {
        return NamedGroup.valueOf(group.name());
    }

    /** The hash under a suite's PRF, which is also the hash of its Finished messages (RFC 5246 7.4.9-2). */
    public static HashAlgorithm hash(PrfHash hash) {
        return switch (hash) {
            case SHA256 -> HashAlgorithm.SHA256;
            case SHA384 -> HashAlgorithm.SHA384;
        };
    }
}
