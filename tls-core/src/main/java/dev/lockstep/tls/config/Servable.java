package dev.lockstep.tls.config;

import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.spec.NamedGroup;
import dev.lockstep.tls.spec.SignatureScheme;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;

/** Which suite a credential can serve at all: asked at build time, so that an impossible configuration never starts. */
public final class Servable {

    private Servable() {}

    /**
     * Whether {@code credential} has the key for {@code exchange}, with one of {@code schemes} where it signs. An exchange
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
     * Whether a ServerKeyExchange of {@code exchange} may be signed with {@code scheme}, and so with a certificate that
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

    /** What is left of a policy's suites for a server that has no pre-shared keys. */
    static List<CipherSuite> withoutPsk(List<CipherSuite> suites) {
        return suites.stream().filter(suite -> !suite.keyExchange().usesPsk()).toList();
    }

    /** No suite may be asked for by name that needs a pre-shared key. */
    static void requireNoPsk(List<CipherSuite> suites) {
        for (CipherSuite suite : suites) {
            if (suite.keyExchange().usesPsk()) {
                throw new IllegalArgumentException(
                        "cipherSuites: " + suite + " needs a source of pre-shared keys; leave the suite out");
            }
        }
    }

    /** An OCSP response that no client could use is a mistake, as long as nobody had the time to see it grow old. */
    static void requireUsableResponses(List<Credential> credentials, Instant now) {
        for (Credential credential : credentials) {
            String defect = credential.stapledResponse(now).defect();
            if (defect != null) {
                throw new IllegalArgumentException("ocspResponse of " + credential + ": " + defect
                        + "; give a current response for this certificate, or none");
            }
        }
    }

    /** Every credential must be good for something. */
    static void requireEachOf(
            List<Credential> credentials,
            List<CipherSuite> suites,
            List<NamedGroup> groups,
            List<SignatureScheme> schemes) {
        for (Credential credential : credentials) {
            if (suites.stream().noneMatch(suite -> serves(credential, suite, groups, schemes))) {
                throw new IllegalArgumentException("credential: " + credential
                        + " can serve none of the enabled suites (its key signs with "
                        + new TreeSet<>(credential.signatureSchemes())
                        + (credential.canDecrypt() ? " and decrypts" : " and does not decrypt")
                        + "); enable a suite, group and scheme that fit it, or give another key");
            }
        }
    }

    /** Every suite that was asked for by name must have somebody who serves it. */
    static void requireEachServed(
            List<Credential> credentials,
            List<CipherSuite> suites,
            List<NamedGroup> groups,
            List<SignatureScheme> schemes) {
        for (CipherSuite suite : suites) {
            boolean served = suite.keyExchange().usesCertificate()
                    ? credentials.stream().anyMatch(credential -> serves(credential, suite, groups, schemes))
                    : hasGroup(suite.keyExchange(), groups);
            if (!served) {
                throw new IllegalArgumentException("cipherSuites: no credential, group and scheme can serve " + suite
                        + "; add a matching credential, or leave the suite out");
            }
        }
    }

    private static boolean serves(
            Credential credential, CipherSuite suite, List<NamedGroup> groups, List<SignatureScheme> schemes) {
        KeyExchange exchange = suite.keyExchange();
        return canServe(credential, exchange, schemes) && hasGroup(exchange, groups);
    }

    private static boolean hasGroup(KeyExchange exchange, List<NamedGroup> groups) {
        return !exchange.isEphemeral()
                || groups.stream().anyMatch(group -> group.isFiniteField() != exchange.isEcdhe());
    }
}
