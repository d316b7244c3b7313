package dev.lockstep.tls.internal.algorithm;

import dev.lockstep.tls.spec.SignatureScheme;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How the certificates of a chain are signed, in the words of signature_algorithms_cert (RFC 8446 section 4.2.3). */
public final class ChainSignatures {

    private final List<Set<SignatureScheme>> links;

    private ChainSignatures(List<Set<SignatureScheme>> links) {
        this.links = List.copyOf(links);
    }

    /** Reads a chain, the leaf first. */
    public static ChainSignatures of(List<X509Certificate> chain) {
        List<Set<SignatureScheme>> links = new ArrayList<>();
        for (X509Certificate certificate : chain) {
            // RFC 8446 4.4.2.2: "Certificates that are self-signed or certificates that are expected to be trust
            // anchors
            // are not validated as part of the chain and therefore MAY be signed with any algorithm."
            if (!certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
                links.add(schemes(certificate));
            }
        }
        return new ChainSignatures(links);
    }

    /** Whether a client that verifies these schemes can verify the whole chain. */
    public boolean fit(Collection<SignatureScheme> accepted) {
        for (Set<SignatureScheme> link : links) {
            if (Collections.disjoint(accepted, link)) {
                return false;
            }
        }
        return true;
    }

    /** The schemes of which any one is enough to verify the certificate; none for an algorithm without a number. */
    private static Set<SignatureScheme> schemes(X509Certificate certificate) {
        return switch (certificate.getSigAlgName().toUpperCase(Locale.ROOT)) {
            case "SHA1WITHRSA" -> Set.of(SignatureScheme.RSA_PKCS1_SHA1);
            case "SHA224WITHRSA" -> Set.of(SignatureScheme.RSA_PKCS1_SHA224);
            case "SHA256WITHRSA" -> Set.of(SignatureScheme.RSA_PKCS1_SHA256);
            case "SHA384WITHRSA" -> Set.of(SignatureScheme.RSA_PKCS1_SHA384);
            case "SHA512WITHRSA" -> Set.of(SignatureScheme.RSA_PKCS1_SHA512);
            case "SHA1WITHECDSA" -> Set.of(SignatureScheme.ECDSA_SHA1);
            case "SHA224WITHECDSA" -> Set.of(SignatureScheme.ECDSA_SHA224);
            case "SHA256WITHECDSA" -> Set.of(SignatureScheme.ECDSA_SECP256R1_SHA256);
            case "SHA384WITHECDSA" -> Set.of(SignatureScheme.ECDSA_SECP384R1_SHA384);
            case "SHA512WITHECDSA" -> Set.of(SignatureScheme.ECDSA_SECP521R1_SHA512);
            case "ED25519" -> Set.of(SignatureScheme.ED25519);
            case "ED448" -> Set.of(SignatureScheme.ED448);
            case "RSASSA-PSS" -> pss(certificate.getSigAlgParams());
            default -> Set.of();
        };
    }

    private static Set<SignatureScheme> pss(byte[] parameters) {
        try {
            AlgorithmParameters read = AlgorithmParameters.getInstance("RSASSA-PSS");
            read.init(parameters);
            return switch (read.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm()) {
                case "SHA-256" -> Set.of(SignatureScheme.RSA_PSS_RSAE_SHA256, SignatureScheme.RSA_PSS_PSS_SHA256);
                case "SHA-384" -> Set.of(SignatureScheme.RSA_PSS_RSAE_SHA384, SignatureScheme.RSA_PSS_PSS_SHA384);
                case "SHA-512" -> Set.of(SignatureScheme.RSA_PSS_RSAE_SHA512, SignatureScheme.RSA_PSS_PSS_SHA512);
                default -> Set.of();
            };
        } catch (GeneralSecurityException | IOException e) {
            return Set.of(); // a signature that has no name fits no list
        }
    }
}
