package dev.lockstep.jsse.session;

import dev.lockstep.tls.spec.SignatureScheme;
import java.util.List;

/** Signature schemes by the names that {@code java.security.Signature} has for them. */
public final class SchemeNames {

    private SchemeNames() {}

    static String[] of(List<SignatureScheme> schemes) {
        return schemes.stream().map(SchemeNames::of).distinct().toArray(String[]::new);
    }

    /** Returns the name of one. */
    public static String of(SignatureScheme scheme) {
        String hash = scheme.hash().digestName().replace("-", "");
        return switch (scheme.family()) {
            case RSA_PKCS1 -> hash + "withRSA";
            case RSA_PSS_RSAE, RSA_PSS_PSS -> "RSASSA-PSS";
            case ECDSA -> hash + "withECDSA";
            case ED25519 -> "Ed25519";
            case ED448 -> "Ed448";
        };
    }
}
