package dev.lockstep.keys.compose;

import dev.lockstep.keys.compose.ObservedOperation.Outcome;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import java.security.cert.X509Certificate;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One private-key operation that has ended, as reported to a {@link KeyObserver}.
 *
 * @param kind what was asked for
 * @param certificate whose key it was
 * @param scheme how a signature was to be made; null for a decryption
 * @param queueNanos how long it waited for its turn; empty where the key does not tell waiting from working
 * @param serviceNanos how long the key worked on it: until the answer was announced, not until it was fetched
 * @param outcome how it ended
 * @param failure why it failed; null unless the outcome is {@link Outcome#FAILED}
 */
public record KeyOperation(
        Kind kind,
        X509Certificate certificate,
        @Nullable SignatureScheme scheme,
        OptionalLong queueNanos,
        long serviceNanos,
        Outcome outcome,
        @Nullable Throwable failure) {

    /** The kinds of operation. */
    public enum Kind {
        /** A signature over a ServerKeyExchange. */
        SIGN,
        /** The decryption of a premaster secret. */
        DECRYPT
    }

    static KeyOperation signature(ObservedOperation<SignRequest> ended) {
        SignRequest request = ended.question();
        return of(Kind.SIGN, request.certificate(), request.scheme(), ended);
    }

    static KeyOperation decryption(ObservedOperation<DecryptRequest> ended) {
        return of(Kind.DECRYPT, ended.question().certificate(), null, ended);
    }

    private static KeyOperation of(
            Kind kind, X509Certificate certificate, @Nullable SignatureScheme scheme, ObservedOperation<?> ended) {
        return new KeyOperation(
                kind, certificate, scheme, ended.queueNanos(), ended.serviceNanos(), ended.outcome(), ended.failure());
    }

    /** One line, the certificate by its subject. */
    @Override
    public String toString() {
        return "KeyOperation[" + kind + (scheme == null ? "" : " " + scheme) + ", "
                + certificate.getSubjectX500Principal().getName() + ", "
                + (queueNanos.isPresent() ? "queued " + queueNanos.getAsLong() / 1000 + " us, " : "")
                + "served " + serviceNanos / 1000 + " us, " + outcome + "]";
    }
}
