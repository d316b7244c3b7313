package dev.lockstep.tls.config;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.util.List;

/** Which suite a credential can serve at all: asked at build time, so that an impossible configuration never starts. */
public final class Servable {

    private Servable() {}

    /**
     * Returns whether {@code credential} has the key for {@code exchange}, with one of {@code schemes} where it signs. An exchange
     * without a certificate has no use for one.
     */
    public static boolean canServe(Credential credential, KeyExchange exchange, List<SignatureScheme> schemes) {
        if (!exchange.signsServerKeyExchange()) {
            return exchange.decryptsPremaster() && credential.canDecrypt();
        }
        for (SignatureScheme scheme : schemes) {
            if (signs(exchange, scheme) && credential.signatureSchemes().contains(scheme)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether a ServerKeyExchange of {@code exchange} may be signed with {@code scheme}, and so with a certificate that
     * has such a key: RFC 5246 7.4.2-2, 7.4.2-6; RFC 8422 2.1-1, 2.2-1, 5.3-2.
     */
    public static boolean signs(KeyExchange exchange, SignatureScheme scheme) {
        boolean rsa = scheme.family().isRsa();
        return switch (exchange) {
            case ECDHE_ECDSA -> !rsa;
            case ECDHE_RSA, DHE_RSA -> rsa;
            case ECDHE_PSK, DHE_PSK, RSA, RSA_PSK, PSK -> false;
        };
    }

    /** Returns whether the credential, with one of the groups and schemes, can serve the suite. */
    static boolean serves(
            Credential credential, CipherSuite suite, List<NamedGroup> groups, List<SignatureScheme> schemes) {
        KeyExchange exchange = suite.keyExchange();
        return canServe(credential, exchange, schemes) && hasGroup(exchange, groups);
    }

    /** Returns whether there is a group of the kind that the exchange needs, if it needs one. */
    static boolean hasGroup(KeyExchange exchange, List<NamedGroup> groups) {
        return !exchange.isEphemeral()
                || groups.stream().anyMatch(group -> group.isFiniteField() != exchange.isEcdhe());
    }

    /** Returns whether one of the schemes can sign for the exchange, if it signs. */
    static boolean hasScheme(KeyExchange exchange, List<SignatureScheme> schemes) {
        return !exchange.signsServerKeyExchange() || schemes.stream().anyMatch(scheme -> signs(exchange, scheme));
    }
}
